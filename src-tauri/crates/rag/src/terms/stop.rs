//! Words that questions have and that say nothing about what is asked, folded as the index folds.
//!
//! Which list holds is decided by the question itself: the language that most of its words are in the
//! list of. Scripts that are cut into pairs have lists of pairs.

use std::{collections::HashSet, sync::LazyLock};

use hearth_domain::terms::index_text;

use super::Language;

const ENGLISH: &str = "a about above after again all also am an and any are as at be because been before being \
    below between both but by can could did do does doing done down during each few for from further give given \
    had has have having he her here hers him his how i if in into is it its itself just know list many may me \
    might more most much must my name named no nor not of off on once one only or other our out over own please \
    same shall she should show so some such tell than that the their them then there these they this those \
    through to too under until up us use used using very was we were what when where which while who whom whose \
    why will with would you your";
const GERMAN: &str = "aber alle als also am an auch auf aus bei beim bin bis bist da damit dann das dass dein dem den \
    denn der des die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es \
    etwas fur gab gegen gibt hat hatte hatten haben habe heisst hier ich ihr ihre im in ins ist ja jede jeder kann \
    kein keine man mehr mein mit muss nach nicht noch nun nur ob oder ohne sehr sein seine seit sich sie sind so \
    uber um und uns unter vom von vor wann war waren warum was wegen welche welchem welchen welcher welches wem wen \
    wenn wer werden wird wie wieviel wieso will wo woher wohin womit wurde wurden zu zum zur zwischen";
const FRENCH: &str = "a afin ai au aux avec avait avez ce ces cet cette combien comme comment dans de depuis des dont \
    du elle elles en entre est et etait etaient ete etre eu fait font il ils je jusqu l la le les leur leurs lors lui \
    ma mais me meme mes moi mon n ne nos notre nous on ont ou par pas pendant peut plus pour pourquoi qu quand que \
    quel quelle quelles quels qui quoi s sa sans se sera ses si son sont sous sur ta te tes tous tout toute toutes un \
    une va vers vos votre vous y d c j m t";
const SPANISH: &str = "a al algo ante antes como con contra cual cuales cuando cuanta cuantas cuanto cuantos de del \
    desde donde dos durante e el ella ellas ellos en entre era eran es esa esas ese eso esos esta estaba estan estar \
    estas este esto estos fue fueron ha habia han hasta hay la las le les lo los mas me mi mientras muy nada ni no \
    nos o os otra otro para pero poco por porque que quien quienes se segun ser si sin sobre son su sus tambien tan \
    tanto te tenia tiene tienen todo todos tras tu un una uno unos y ya yo";
const ITALIAN: &str = "a ad ai al alla alle allo anche che chi ci come con contro cosa cui da dal dalla dalle dei del \
    della delle dello di dopo dove due e ed era erano fra gli ha hanno i il in io l la le lei lo loro lui ma mi nei \
    nel nella nelle non o per perche piu prima quale quali quando quanta quante quanti quanto quella quello questa \
    queste questi questo se sei si sia sono stata stato su sua sue sul sulla suo suoi tra tu un una uno vi";
const PORTUGUESE: &str = "a ao aos as ate com como da das de dela dele do dos e ela elas ele eles em entre era eram \
    essa esse esta estao estava este eu foi foram ha isso isto ja la mais mas me mesmo meu minha muito na nao nas nem \
    no nos o onde os ou para pela pelas pelo pelos por porque qual quais quando quanta quantas quanto quantos que \
    quem se seja sem ser seu seus so sua suas tambem te tem tinha um uma umas uns voce";
const DUTCH: &str = "aan al als bij dan dat de deze die dit doen door dus een en er geen had hadden hebben heeft het \
    hij hoe hoeveel ik in is ja je kan kon maar me meer men met mijn moet na naar niet nog nu of om omdat onder ons \
    ook op over te tegen tot u uit van veel voor waar waarom wanneer waren was wat we welk welke werd werden wie wij \
    wordt zal ze zei zich zij zijn zo zou";
const RUSSIAN: &str = "а без был была были было быть в вам вас ведь во вот все всего всех вы где да даже для до его ее \
    если есть еще же за здесь и из или им их к как какая какие каким какими каких какое какой каком какому какую ко \
    когда кого кем кому который которая которое которые которого которой кто куда ли между меня мне много может мой \
    мы на над нас не него нее ней нет ни них но ну о об однако он она они оно от откуда по под почему при про с сам \
    свою себя сколько со так также такой там те тем то того тоже той только том тот ты у уже хотя чего чей чем через \
    что чтобы чья эта эти это этого этой этом этот я";
const ARABIC: &str = "ابن اذا الا الان التي الذي الذين اللذان ان انه انها الى او اي اين ايها اما ب بعد بعض بل بها به بين تلك \
    ثم حتى حيث خلال ذلك على عن عند عندما غير ف في فيها فيه قبل قد ك كان كانت كل كم كما كيف ل لا لم لماذا لن له لها لو لي \
    ليس ما ماذا متى مع من منذ منها منه من نحن هذا هذه هل هم هما هنا هناك هو هي و وقد وكان ولا ولم وما ومن وهو وهي يا يكون";
const HINDI: &str = "अपना अपनी अपने अब आदि इन इस इसका इसके इसे उन उनका उनके उस उसका उसके उसे एक एवं ऐसे और कब कर करता करते करना \
    करने कहते कहा कहाँ का कि किन किस किसका किसके किसने किसी किसे की कुछ के को कोई कौन कौनसा कौनसी कितना कितनी कितने क्या क्यों \
    गई गए गया जब जा जाता जाती जाते जिन जिस जो तक तथा तब तो था थी थे द्वारा दिया दो नहीं ने पर पहले फिर बहुत बाद भी मे में मैं \
    यह यहाँ या ये रहा रहे लिए लेकिन वह वहाँ वाला वाली वाले वे सकता सकते सब से सभी साथ ही हुआ हुई हुए हूँ है हैं हो होता होती \
    होते होना";
const CHINESE: &str = "什么 么时 时候 哪个 哪些 哪里 谁的 是谁 多少 少个 怎么 么样 怎样 如何 为什 为何 是什 几个 一个 这个 那个 是否 以及 \
    什麼 麼時 時候 哪個 哪裡 誰的 是誰 怎麼 麼樣 為什 為何 是甚 甚麼 幾個 一個 這個 那個 的是 是的 了什 有多 有什 有哪 的什 在哪 在什";
const JAPANESE: &str = "です ます した ませ せん です すか ます ましたか か何 何で です どこ どの なに なぜ いつ だれ どう うや やっ って \
    ている いる ある する され れた れて して から まで こと もの ため とは はど は何 はい は誰 誰で とい いう";

/// The lists, each with the language that has it.
const LISTS: &[(Language, &str)] = &[
    (Language::English, ENGLISH),
    (Language::German, GERMAN),
    (Language::French, FRENCH),
    (Language::Spanish, SPANISH),
    (Language::Italian, ITALIAN),
    (Language::Portuguese, PORTUGUESE),
    (Language::Dutch, DUTCH),
    (Language::Russian, RUSSIAN),
    (Language::Arabic, ARABIC),
    (Language::Other, HINDI),
    (Language::Other, CHINESE),
    (Language::Other, JAPANESE),
];

/// The lists as sets of folded words; made once.
static SETS: LazyLock<Vec<(Language, HashSet<String>)>> = LazyLock::new(|| {
    let fold = |list: &str| index_text(list).split(' ').map(str::to_owned).collect();
    LISTS.iter().map(|(language, list)| (*language, fold(list))).collect()
});

/// The words of the list that fits a question best; among equals that of the language which more of the
/// index is in. `None` where no list has a word of it.
pub(super) fn words_of(question: &str, languages: &[Language]) -> Option<&'static HashSet<String>> {
    let folded = index_text(question);
    let asked: Vec<&str> = folded.split(' ').collect();
    let mut best = ((0, 0), None);
    for (language, list) in SETS.iter() {
        let common = asked.iter().filter(|word| list.contains(**word)).count();
        let place = languages.iter().position(|held| held == language);
        let favour = place.map_or(0, |place| languages.len() - place);
        if common > 0 && (common, favour) > best.0 {
            best = ((common, favour), Some(list));
        }
    }
    best.1
}
