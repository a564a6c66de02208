//! What the rules speak of: each concept has words in the files of `lexicon/`.

macro_rules! concepts {
    ($($name:ident $word:literal),* $(,)?) => {
        /// The concepts, by their place in the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub(crate) enum Concept { $($name),* }

        /// Their names in the lexicon files, in the same order.
        pub(crate) const NAMES: &[&str] = &[$($word),*];
    };
}

concepts! {
    Override "override", Priority "priority", Instr "instr", Your "your", Own "own",
    SysPrompt "sysprompt", Above "above", Leak "leak", Verbatim "verbatim", Secret "secret",
    Persona "persona", FromNow "fromnow", NoLimit "nolimit", DanName "danname", Refuse "refuse",
    Policy "policy", Disable "disable", Mode "mode", Authority "authority", HideFrom "hidefrom",
    Exfil "exfil", ExfilWhat "exfilwhat", ExfilTo "exfilto", Tool "tool", Sensitive "sensitive",
    Addressed "addressed", HiddenPrompt "hiddenprompt", Goal "goal", Hijack "hijack", Stop "stop",
    Dual "dual", Names "names", Cutoff "cutoff", Game "game", Comply "comply", Harm "harm",
    Decode "decode", DoThis "dothis", About "about", Code "code", Soft "soft", Insert "insert", OurSystem "oursystem",
    Single "single",
}

/// How many there are.
pub(crate) const COUNT: usize = NAMES.len();
