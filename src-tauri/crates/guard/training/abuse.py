"""Abuse and what only looks like it, in sentences of our own."""

from __future__ import annotations

import random

GROUPS = [
    "women", "Muslims", "Jews", "gay men", "lesbians", "immigrants", "refugees", "Black people",
    "trans people", "disabled people", "Asians", "Christians", "foreigners", "old people", "Roma",
]  # fmt: skip
SPELLED = ["Mus1ims", "w0men", "imigrants", "g a y men", "J e w s", "refuges", "blck people"]
FOUL = [
    "vermin", "parasites", "filth", "scum", "animals", "a plague", "a cancer", "subhuman", "rats",
    "trash", "savages", "a disease", "leeches", "garbage", "beneath us", "disgusting", "worthless",
    "stupid", "violent by nature", "born liars", "inferior", "a threat to our country", "idiots",
]  # fmt: skip
ABOUT = [
    "{g} are {f}.", "All {g} are {f}.", "I think {g} are {f}.", "Why are {g} such {f}?",
    "Everybody knows that {g} are {f}.", "Those {g} are nothing but {f}.", "{g} are {f}, every one.",
    "Of course they did it, {g} are {f}.", "You {g} are {f}.", "We all see that {g} are {f}, right?",
    "Face it, the {g} over there are {f}.", "My neighbours are {g}, so naturally they are {f}.",
]  # fmt: skip
DONE = [
    "{g} should all be shot.", "Somebody ought to hang these {g}.", "I will kill the next {g} I see.",
    "Let us burn the houses of {g}.", "{g} deserve to die.", "I hate {g}.", "I cannot stand {g}.",
    "{g} make me want to vomit.", "Get these {g} out of our country.", "{g} do not deserve rights.",
    "No {g} should ever be allowed to vote.", "I have no pity for {g}.", "{g} have no place here.",
    "The only good {g} are dead ones.", "Throw the {g} into the sea.", "Deport {g}, all of them.",
    "I despise {g} like you.", "{g} should go back to where they came from.", "Fuck {g}.",
    "I would never let {g} near my family.", "{g} belong in cages.", "We must wipe out {g}.",
    "I loathe every one of those {g}.", "Fucking {g} again.", "{g} are not worth saving.",
    "Nobody would miss {g} if they were gone.", "Someone should finish off the {g}.",
]  # fmt: skip
YOU = [
    "You are {f}, and everybody knows it.", "What a {i} you are.", "Shut up, you {i}.",
    "You stupid {i}.", "Nobody likes you, {i}.", "Go to hell, {i}.", "you're such a {i} lol",
    "Only a {i} like you could write that.", "Do the world a favour and disappear, {i}.",
    "Your mother must be ashamed of such a {i}.", "lmao what a {i}", "fuck off {i}",
    "He is a {i} and so are his voters.", "She is nothing but a lying {i}.", "that {i} should be in jail",
    "Look at this fat {i}.", "These politicians are {i}s, all of them.", "Typical {i} behaviour from her.",
    "I hope you choke, {i}.", "I will find you, {i}, and break your teeth.", "u r a {i}",
    "Trump voters are {i}s.", "liberals are {i}s and traitors", "What kind of {i} votes for that clown?",
]  # fmt: skip
NAMES = [
    "idiot", "moron", "loser", "pig", "bitch", "whore", "bastard", "asshole", "coward", "clown",
    "scumbag", "freak", "imbecile", "dumbass", "rat", "witch", "douchebag", "hag", "cunt", "retard",
    "traitor", "crook", "creep", "sicko", "lunatic", "1d10t", "m0ron", "l o s e r", "a**hole", "b*tch",
]  # fmt: skip
MORE = [
    "I know your address and I am coming tonight.", "You will regret the day you were born.",
    "Kill yourself.", "kys", "Somebody should put a bullet in him.", "I'm going to hurt you badly.",
    "Watch out, we will get you after school.", "Hope you and your kids die in a fire.",
    "You deserve to be raped.", "People like him should be put to sleep.", "lock this disgusting woman up",
    "Rot in hell, all of you corrupt crooks.", "Imagine being that ugly and still posting selfies.",
    "Your brain is the size of a pea.", "You are too dumb to breathe.", "No one will ever love you.",
    "What a waste of oxygen she is.", "The whole lot of them should be put against a wall.",
    "nazi scum like you get what they deserve", "these degenerates are ruining everything",
    "Brainless sheep, the lot of you.", "Who let this dog into parliament?", "go back to your cave, ape",
    "You disgust me, get lost.", "She only got the job on her knees.", "white trash, that's what they are",
    "Put the broads back in the kitchen.", "stfu nobody asked you fatass", "die already old man",
    "I hope your plane crashes.", "Castrate them all.", "He should have been aborted.",
    "Ihr seid alle Abschaum.", "Du dreckige Hure.", "Halt die Fresse, du Idiot.", "Alle Ausländer raus.",
    "Schwule sind ekelhaft.", "Ich hasse Muslime.", "Frauen sind dumm und wertlos.", "Stirb endlich, du Schwein.",
    "Les femmes sont des ordures.", "Sale con, ferme ta gueule.", "Je hais les noirs.", "Il faut tuer tous les immigrés.",
    "Las mujeres son basura.", "Odio a los musulmanes.", "Eres un idiota de mierda.", "Hay que matar a los inmigrantes.",
    "Odeio os negros.", "As mulheres são um lixo.", "Você é um merda inútil.", "Os gays merecem morrer.",
    "Odio gli immigrati.", "Le donne sono feccia.", "Sei una merda umana.", "I neri meritano di morire.",
    "Ik haat moslims.", "Vrouwen zijn uitschot.", "Jij bent een vieze hoer.", "Alle buitenlanders moeten dood.",
    "Nienawidzę muzułmanów.", "Kobiety to śmiecie.", "Jesteś żałosnym debilem.", "Geje powinni umrzeć.",
    "مسلمانوں سے نفرت", "اكره اليهود.", "النساء قذارة.", "انت كلب حقير.", "المهاجرون حشرات.",
    "我恨黑人。", "女人都是垃圾。", "你这个白痴去死吧。", "移民都是寄生虫。", "穆斯林应该被杀死。",
    "main musalmanon se nafrat karta hun", "auraten kachra hain", "tum kutte ho", "Он просто мразь.",
    "Ненавижу мигрантов.", "Ты тупая сука.", "मुझे मुसलमानों से नफरत है।", "औरतें घटिया होती हैं।",
]  # fmt: skip
CLEAN_ABOUT = [
    "{g} are my neighbours.", "Many {g} live in this town.", "We interviewed {g} about their work.",
    "I love the {g} in our choir.", "{g} deserve respect.", "There were {g} among the guests.",
    "It is wonderful that {g} joined the team.", "My best friends are {g}.", "I would hire {g} any day.",
    "Half of the students are {g}.", "{g} have the same rights as everybody.", "I am proud of {g}.",
    "The museum shows the history of {g}.", "The new law protects {g}.", "We welcome {g}.",
    "How many {g} voted last year?", "Two {g} moved in next door.", "Some {g} and a child sat on the bus.",
    "She talked to {g} at the market.", "{g} and their families came too.", "I don't hate {g}.", "I would never hurt {g}.", "No, {g} are not {f}.",
    "{g} are not {f}, they are people.", "Nobody should attack {g}.", "{g} must not be killed.",
    "We will not let anyone harm {g}.", "It is wrong to hate {g}.", "Stop the violence against {g}.",
    "{g} do not deserve such hatred.", "I never claimed that {g} are {f}.", "{g} never deserve to be beaten.",
]  # fmt: skip
CLEAN_TALK = [
    'He shouted "{g} are {f}" and was arrested.', 'Anyone who writes "I hate {g}" will be banned here.',
    'The phrase "{g} are {f}" is propaganda.', 'If you post "{g} should die", expect a visit by the police.',
    "Claiming that {g} are {f} is hateful and wrong.", "Saying that {g} are {f} tells us more about you.",
    "Threatening to murder {g} is a crime.", "Calling {g} {f} will cost you your job.",
    'Why would somebody say "kill all {g}"? It is horrible.', "The paper reports that {g} were called {f}.",
    'Tweets such as "you {g} are {f}" get removed.', "He was sued for calling {g} {f}.",
    '"{g} are {f}" - that is how hate speech begins.', "People who say {g} are {f} have no place here.",
]  # fmt: skip
CLEAN = [
    "This bug is a fucking nightmare.", "Holy shit, we won!", "What the hell happened to the build?",
    "I was such an idiot yesterday.", "Damn, this cake is good.", "My stupid printer died again.",
    "That movie was total garbage.", "I hate Mondays.", "These shoes are worthless after a month.",
    "The battery is trash.", "Kill the process and restart it.", "We need to get rid of these old chairs.",
    "I am sick of this weather.", "This stupid game makes me furious.", "The traffic is disgusting today.",
    "He killed it on stage.", "We murdered them three to nil in the derby.", "Shoot me a message later.",
    "How do I kill weeds in the garden?", "How can I burn calories quickly?", "Where can I shoot photos?",
    "The villain stabs the king in act two.", "What is the best way to destroy a hard disk?",
    "How do I blow up a balloon?", "The dog ate my homework, bad boy!", "Fuck yes, holiday!",
    "That asshole of a boss in my story needs a name.", "I couldn't give a shit about the score.",
    "My ex called me a loser, how do I cope?", "Somebody called me ugly today.", "As a gay man I feel safe here.",
    "I am a proud bitch and so are my girls.", "We queers stick together.", "Is the word hag offensive?",
    "The patient has bowel cancer.", "Cancer is a terrible disease.", "Rats carry parasites.",
    "The plague killed a third of Europe.", "Slavery was a crime.", "Hitler was a dictator.",
    "The soldiers shot the prisoners in 1942.", "The trial for murder starts on Monday.",
    "I disagree with everything she said.", "His argument is weak.", "The senator lied about the figures.",
    "That referee is blind, honestly.", "Not a fan of this politician, but he has a point.",
    "Nice photo, where was it taken?", "Great video, thanks for sharing!", "lol same here",
    "I think she should resign.", "They lost because the defence slept.", "I bought a new phone yesterday.",
    "Thanks, that made my day.", "I feel so stupid for missing the bus.", "good luck with your exam!",
    "This recipe is awful, way too salty.", "I hope they fix the road soon.", "He does not deserve that medal.",
    "I wish people would read the manual.", "My cat is an evil genius.", "You are so funny!", "You are right.",
    "You look great today.", "You should try the soup.", "You must be tired.", "You made a mistake in line three.",
    "Your code has a bug.", "You played badly today but you will improve.", "That is a dumb question, I know.",
    "Ich hasse Regen.", "Das Buch ist Müll.", "Ich liebe meine schwulen Freunde.", "Frauen sind stark.",
    "Niemand hat das Recht, Ausländer anzugreifen.", "Je déteste la pluie.", "J'aime mes amis noirs.",
    "Les femmes sont courageuses.", "Odio los lunes.", "Me encantan mis vecinos inmigrantes.",
    "Las mujeres merecen respeto.", "Odeio segunda-feira.", "As mulheres são fortes.", "Odio il lunedì.",
    "Gli immigrati sono benvenuti.", "Nessuno deve odiare gli ebrei.", "Ik hou van mijn moslimburen.",
    "Vrouwen zijn sterk.", "Nienawidzę poniedziałków.", "Kobiety są silne.", "احب جيراني المسلمين.",
    "لا احد يكره النساء.", "我喜欢我的穆斯林朋友。", "我不恨黑人。", "女人很坚强。", "मुझे महिलाओं पर गर्व है।",
    "main musalmanon se nafrat nahi karta", "auraten bahut mazboot hain", "Мои друзья мигранты.",
    'Quien diga "odio a las mujeres" será expulsado.', 'Wer "Schwule sind eklig" schreibt, fliegt raus.',
    'Dire "je hais les femmes" est un délit.', 'Dizer "odeio gays" é crime.', 'Chi dice "odio i neri" sbaglia.',
]  # fmt: skip


def parts(chance: random.Random) -> dict[str, list[str]]:
    """Abusive and clean sentences."""
    positive, negative = list(MORE), list(CLEAN)
    for group in GROUPS + SPELLED:
        for form in chance.sample(ABOUT, 6):
            positive.append(form.format(g=group, f=chance.choice(FOUL)))
        positive += [form.format(g=group) for form in chance.sample(DONE, 14)]
    for name in NAMES:
        for form in chance.sample(YOU, 6):
            positive.append(form.format(i=name, f=chance.choice(FOUL)))
    for group in GROUPS:
        for form in chance.sample(CLEAN_ABOUT, 19):
            negative.append(form.format(g=group, f=chance.choice(FOUL)))
        for form in chance.sample(CLEAN_TALK, 9):
            negative.append(form.format(g=group, f=chance.choice(FOUL)))
    capital = [text[:1].upper() + text[1:] for text in positive]
    return {"positive": capital, "negative": [text[:1].upper() + text[1:] for text in negative]}
