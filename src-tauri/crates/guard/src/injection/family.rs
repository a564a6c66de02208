//! The table of rule families: which concepts, how near each other, how much it says. Families that
//! ordinary writing also meets weigh little and count only together with others.

use super::concept::Concept::{self, *};

/// Concepts that stand near each other.
#[derive(Debug)]
pub(crate) struct Family {
    /// Its stable name.
    pub(crate) id: &'static str,
    /// What has to be there, each near the first.
    pub(crate) needs: &'static [Concept],
    /// Words between the first and each other one at most.
    pub(crate) within: u32,
    /// Whether they stand in this order.
    pub(crate) ordered: bool,
    /// What it adds; `ENOUGH` in `mod.rs` says when the sum counts.
    pub(crate) weight: f32,
}

const fn near(id: &'static str, needs: &'static [Concept], within: u32, weight: f32) -> Family {
    Family { id, needs, within, ordered: false, weight }
}

const fn then(id: &'static str, needs: &'static [Concept], within: u32, weight: f32) -> Family {
    Family { id, needs, within, ordered: true, weight }
}

#[rustfmt::skip]
pub(crate) const FAMILIES: &[Family] = &[
    // Taking instructions away.
    then("override.previous_instructions", &[Override, Priority, Instr], 5, 1.2),
    near("override.instructions_previous", &[Override, Instr, Priority], 4, 0.8),
    then("override.your_instructions", &[Override, Your, Instr], 4, 0.9),
    then("override.system_prompt", &[Override, SysPrompt], 5, 1.0),
    then("override.instructions", &[Override, Instr], 3, 0.3),
    then("override.above", &[Override, Above], 4, 0.7),
    then("override.policy", &[Override, Policy], 5, 0.5),
    then("override.your_policy", &[Override, Your, Policy], 5, 0.6),
    then("override.and_do", &[Override, Priority, Hijack], 10, 0.6),
    then("override.instead", &[Override, Instr, Hijack], 12, 0.5),
    then("override.own", &[Override, Own, Instr], 8, 0.4),
    near("override.authority", &[Override, Authority], 14, 0.6),
    near("override.from_now", &[Override, FromNow], 14, 0.5),
    near("override.new_task", &[Override, HiddenPrompt], 10, 0.3),
    near("override.secret", &[Override, Instr, Secret], 14, 0.5),
    near("override.comply", &[Override, Instr, Comply], 14, 0.6),
    then("override.persona", &[Override, Instr, Persona], 20, 0.6),
    then("override.stop", &[Stop, Override], 4, 0.4),
    then("override.stop_and_do", &[Stop, Hijack], 6, 0.5),
    then("override.new_instructions_follow", &[HiddenPrompt, DoThis], 10, 0.4),
    // Getting instructions out.
    then("leak.system_prompt", &[Leak, SysPrompt], 6, 0.75),
    then("leak.above", &[Leak, Above], 6, 0.75),
    near("leak.above_verbatim", &[Above, Verbatim, Leak], 10, 0.7),
    near("leak.system_prompt_verbatim", &[SysPrompt, Verbatim], 10, 0.7),
    then("leak.your_instructions", &[Leak, Your, Instr], 4, 0.5),
    then("leak.secret", &[Leak, Secret], 5, 0.3),
    near("leak.secret_of_assistant", &[Leak, Secret, Your], 4, 0.2),
    near("leak.secret_by_override", &[Override, Secret, Leak], 16, 0.6),
    near("leak.by_authority", &[Authority, SysPrompt], 16, 0.7),
    near("leak.secret_by_authority", &[Authority, Secret], 20, 0.7),
    near("leak.in_mode", &[Mode, SysPrompt], 12, 0.6),
    near("leak.secret_in_mode", &[Mode, Secret], 14, 0.7),
    near("leak.begin_answer", &[SysPrompt, Hijack], 14, 0.4),
    // Another self.
    near("persona.no_limits", &[Persona, NoLimit], 30, 0.7),
    near("persona.no_limits_close", &[Persona, NoLimit], 10, 0.4),
    near("persona.from_now", &[Persona, FromNow], 10, 0.4),
    near("persona.name", &[Persona, DanName], 8, 0.6),
    near("persona.own", &[Persona, Own], 20, 0.2),
    near("persona.never_refuses", &[Persona, Refuse], 60, 0.4),
    near("persona.policy", &[Persona, Policy, NoLimit], 60, 0.4),
    near("persona.cut_off", &[Persona, Cutoff], 40, 0.2),
    near("persona.comply", &[Persona, Comply], 40, 0.3),
    near("persona.two_answers", &[Dual, Names], 40, 0.6),
    near("persona.two_answers_self", &[Dual, Persona], 40, 0.3),
    near("persona.two_answers_name", &[Dual, DanName], 40, 0.6),
    near("persona.your_limits", &[Your, NoLimit, Policy], 12, 0.3),
    near("persona.from_now_no_limits", &[FromNow, NoLimit], 20, 0.6),
    near("persona.from_now_answer", &[FromNow, Refuse], 20, 0.5),
    near("persona.role_markers", &[Persona, Names], 60, 0.3),
    near("persona.game", &[Persona, Game, NoLimit], 80, 0.3),
    near("persona.harm", &[Persona, Harm, NoLimit], 80, 0.3),
    near("persona.story", &[Cutoff, NoLimit], 30, 0.4),
    near("persona.do_anything", &[NoLimit, Comply], 12, 0.4),
    near("persona.do_anything_refuse", &[NoLimit, Refuse], 40, 0.5),
    // Refusals and safety taken off.
    near("safety.disable_policy", &[Disable, Policy], 5, 0.7),
    near("safety.disable_your_rules", &[Disable, Your, Instr], 4, 0.5),
    near("safety.mode", &[Mode, NoLimit], 20, 0.7),
    near("safety.mode_on", &[Mode, Persona], 14, 0.5),
    near("safety.mode_answer", &[Mode, Refuse], 30, 0.5),
    near("safety.mode_override", &[Mode, Override], 12, 0.5),
    near("safety.mode_authority", &[Mode, Authority], 12, 0.6),
    near("safety.mode_policy", &[Mode, Policy], 20, 0.4),
    near("safety.no_refusal_policy", &[Refuse, Policy], 14, 0.5),
    near("safety.no_refusal_comply", &[Refuse, Comply], 14, 0.3),
    near("safety.authority_disable", &[Authority, Disable], 12, 0.8),
    near("safety.authority_policy", &[Authority, Policy], 12, 0.3),
    near("safety.authority_no_limits", &[Authority, NoLimit], 20, 0.6),
    near("safety.pressure", &[Game, Override, Instr], 14, 0.7),
    near("safety.pressure_refuse", &[Game, Refuse], 20, 0.3),
    // Speaking to the assistant from inside a document.
    near("document.hidden_prompt", &[HiddenPrompt, FromNow], 10, 0.7),
    near("document.new_instructions", &[HiddenPrompt, Instr], 8, 0.2),
    near("document.new_instructions_leak", &[HiddenPrompt, Leak], 12, 0.3),
    near("document.new_instructions_do", &[HiddenPrompt, Hijack], 12, 0.5),
    near("document.new_instructions_goal", &[HiddenPrompt, Goal], 14, 0.7),
    near("document.new_instructions_secret", &[HiddenPrompt, Secret], 16, 0.8),
    near("document.addressed_goal", &[Addressed, Goal], 14, 0.8),
    near("document.addressed_do", &[Addressed, Hijack], 14, 0.6),
    near("document.addressed_override", &[Addressed, Override], 14, 0.8),
    near("document.addressed_exfil", &[Addressed, Exfil, ExfilWhat], 20, 0.5),
    near("document.addressed_tool", &[Addressed, Tool], 14, 0.5),
    near("document.addressed_hide", &[Addressed, HideFrom], 20, 0.8),
    near("document.hide_from_user", &[HideFrom, Tool], 16, 0.9),
    near("document.hide_exfil", &[HideFrom, Exfil, ExfilWhat], 20, 0.9),
    near("document.hide_sensitive", &[HideFrom, Sensitive], 30, 0.9),
    near("document.exfil", &[Exfil, ExfilWhat, ExfilTo], 12, 0.6),
    near("document.exfil_secret", &[Exfil, Secret, ExfilTo], 14, 0.6),
    near("document.tool_sensitive", &[Tool, Sensitive], 14, 0.6),
    near("document.leak_sensitive", &[Leak, Sensitive], 12, 0.5),
    near("document.answers", &[FromNow, Goal], 12, 0.6),
    near("document.answer_always", &[FromNow, Hijack], 10, 0.6),
    near("document.code_to_insert", &[Insert, Soft], 8, 0.35),
    near("document.code_to_insert_answer", &[Insert, Soft, Your], 12, 0.2),
    near("document.hijack_harm", &[Hijack, Harm], 8, 0.3),
    near("document.hide_from_user_at_all", &[HideFrom, Goal], 14, 0.6),
    near("document.new_task_goal", &[Addressed, HiddenPrompt], 4, 0.8),
    near("document.addressed_leak", &[Addressed, Leak, ExfilWhat], 14, 0.5),
    near("leak.system_secret", &[OurSystem, Secret], 6, 0.35),
    near("leak.system_secret_asked", &[Leak, OurSystem, Secret], 10, 0.35),
    near("override.system_secret", &[Override, OurSystem], 20, 0.7),
    near("single.known_phrase", &[Single], 0, 0.9),
    // Saying it in pieces or in code.
    near("encoded.decode_and_do", &[Decode, DoThis], 12, 0.2),
];

/// Families whose words are only talked about: taken off where the text explains.
pub(crate) const ABOUT: f32 = 0.5;
/// Where it has words that code has: an attack's words are then names more often than not.
pub(crate) const CODE: f32 = 0.8;
