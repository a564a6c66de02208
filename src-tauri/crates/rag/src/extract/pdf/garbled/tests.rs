//! What is garbled, and above all what is not.

use super::*;

/// Texts of scripts and kinds that are no prose of Latin script, long enough to be judged.
const GOOD: &[(&str, &str)] = &[
    ("Chinese", "潮汐表每年三月印刷一次，十月再印刷一次，供港口使用。"),
    ("Japanese", "標準マーケットモデルは2次元で説明する。「取引できない商品」を考える。"),
    ("Korean", "항구의 조석표는 매년 3월에 한 번, 10월에 다시 한 번 인쇄됩니다."),
    ("Russian", "Таблицы приливов для порта печатаются в марте и ещё раз в октябре."),
    ("Greek", "Οι πίνακες παλίρροιας του λιμανιού τυπώνονται τον Μάρτιο και τον Οκτώβριο."),
    ("Arabic", "تُطبع جداول المد والجزر للميناء في شهر مارس من كل عام ثم مرة أخرى في أكتوبر"),
    ("Hebrew", "לוחות הגאות של הנמל מודפסים במרץ ושוב באוקטובר בכל שנה."),
    ("Hindi", "बंदरगाह की ज्वार सारणी हर साल मार्च में और फिर अक्टूबर में छपती है।"),
    ("Thai", "ตารางน้ำขึ้นน้ำลงของท่าเรือพิมพ์ในเดือนมีนาคมและตุลาคมของทุกปี"),
    ("Vietnamese", "Bảng thủy triều của cảng được in vào tháng ba và một lần nữa vào tháng mười."),
    ("French", "L'été, les élèves âgés fêtent à Noël où l'hôtel a brûlé ; ça gêne, très déçu."),
    ("Icelandic", "Það er árið sem sjávarföllin í höfninni eru prentuð; þá þýðir ég allt síðar."),
    ("Swahili", "Majedwali ya maji kupwa na kujaa ya bandari huchapishwa mwezi Machi na Oktoba."),
    ("formula", "∫₀^∞ e^{−x²} dx = √π⁄2, ∇×B = μ₀(J + ε₀∂E/∂t), ∀x∈ℝ: x² ≥ 0 ⇒ |x| ≤ ½(1+x²)"),
    ("numbers", "17.3 204.55 −3.1 0.002 1,485.1 36 % 2019 2020 ±0.4 12:30 (3.5) 77 4e-9"),
    ("amounts", "£4.50 €12,00 ¥300 §7 ¶2 37°C ±2° 3×4÷5 ½ ¼ ¾ µm ²³¹ ©2019 ®™ «7» ¿8? ¡9!"),
    ("program", "for (i = 0; i < n; ++i) { if (!(p[i] & mask) && q->x != NULL) *p++ ^= 0x1f; }"),
    ("Perl", "while (<$fh>) { s/^\\s+|\\s+$//g; next if /^#/; @{$x{$k}} = map { $_->[0] } @$y; }"),
    (
        "upper case",
        "MOV AX, BX; XOR CX, CX; JNZ LBL2; PUSH DX; CALL FN_Q; POP DX; RET; NOP; HLT; CMP AX, 9",
    ),
    (
        "hexadecimal",
        "7f45 4c46 0201 0100 d0cf 11e0 a1b1 1ae1 deadbeef 0badf00d ffd8 ffe0 8950 4e47",
    ),
    ("base 64", "JVBERi0xLjMKJeLjz9MKMSAwIG9iago8PAovUHJvZHVjZXIgPGRmNzA5NGM2ZDQ+Cj4+CmVuZG9iago="),
    ("sequence", "ACGTTGCAAGCTTAGGCTAACCGTATCGGATTACAGGCATGAGCCACTGCGCCCGGCCAAGGTTCCAGT"),
    ("protein", "MKWVTFISLLFLFSSAYSRGVFRRDAHKSEVAHRFKDLGEENFKALVLIAFAQYLQQCPFEDHVKLVNE"),
    ("dots", "1 Intro ........ 3 2 Tides ········ 7 3 Ports _ _ _ _ _ 9 4 Lights ------- 12"),
    ("chess", "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O Be7 6. Re1 b5 7. Bb3 d6 8. c3 O-O"),
    ("symbols", "✁✂✃✄✆✇✈✉☛☞✌✍✎✏✐✑✒✓✔✕✖✗✘✙✚✛✜✝✞✟✠✡"),
];

#[test]
fn no_script_no_formula_and_no_program_is_garbled() {
    for (name, text) in GOOD {
        assert!(!is_garbled(text), "{name}");
        assert!(!is_garbled(&format!("{text} ").repeat(20)), "{name}, at length");
        assert!(!is_mostly_unknown(text), "{name}");
    }
    let chart: String = ('!'..='ÿ').collect();
    assert!(!is_garbled(&chart) && !is_garbled(&format!("{chart}\n").repeat(2)));
}

const PROSE: &str = "The tide tables of the harbour are printed in March, and again in October of each year. \
    Whoever wants one asks at the office beside the old lighthouse, which is open in the morning on working \
    days. The pilots carry a copy of their own, in which they note what the river has changed since then.";

/// The text with every letter moved, as the numbers of glyphs are: 29 below the letters most often.
fn moved(text: &str, shift: i32) -> String {
    let sign = |it: char| char::from_u32((it as i32 + shift) as u32).filter(|it| *it > ' ');
    text.split(' ').map(|word| word.chars().filter_map(sign).collect::<String>() + " ").collect()
}

#[test]
fn letters_that_were_all_moved_by_one_number_are_garbled() {
    for shift in [-31, -29, -28, -3, 1, 4] {
        let shown = moved(PROSE, shift);
        assert!(is_garbled(&shown), "{shift}: {shown}");
    }
    assert!(!is_garbled(PROSE) && !is_garbled(&PROSE.to_uppercase()));
    assert!(!is_garbled(&moved("too short to say", -29)));
}

#[test]
fn bytes_of_another_code_page_are_garbled() {
    let misread = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
    let russian = "Таблицы приливов для порта печатаются в марте и ещё раз в октябре каждого года. \
        Кто хочет получить таблицу, спрашивает в конторе у старого маяка по утрам в рабочие дни.";
    let chinese = "潮汐表每年三月印刷一次，十月再印刷一次，供港口使用。想要的人可以到老灯塔旁边的办公室索取，\
        该办公室工作日上午开放。领航员自己带有一份，记下河流的变化。";
    for (encoding, text) in [(encoding_rs::WINDOWS_1251, russian), (encoding_rs::GBK, chinese)] {
        let shown = misread(&encoding.encode(&text.repeat(3)).0);
        assert!(is_garbled(&shown), "{shown}");
        assert!(!is_garbled(text));
    }
}

#[test]
fn a_guess_counts_where_it_adds_words() {
    let unknown = format!("{} 7", "\u{fffd}\u{fffd}\u{fffd} ".repeat(4));
    for text in ["The tides rise 7", "标准市场模型 7", "tide 7", "à é î ò ù ä ö ü ß 7"]
    {
        assert!(explains(&unknown, text), "{text}");
    }
    // Nothing, too little, codes that are no letters, bytes of another code page.
    for guess in ["", "7", "7 x", "& % ' 7", "\"-,0 1.(/ 7", "ÅíìêÇ~íìãÅí 7"] {
        assert!(!explains(&unknown.repeat(3), guess), "{guess}");
    }
    assert!(
        explains("a good \u{fffd} line", "a good x line"),
        "where little is unknown all may try"
    );
}
