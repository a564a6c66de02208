// A question that is only sent when the person says so: asked here, answered in a dialog, and sent
// again with the answer. Whoever sends waits; nothing is sent before.
import type { ChatStarted, GuardAnswer, GuardFinding, Request } from '$lib/api';
import { ApiError, toApiError } from '$lib/host';

interface Asked {
  readonly findings: readonly GuardFinding[];
  readonly answer: (answer: GuardAnswer | null) => void;
}

class GuardQuestion {
  asked = $state.raw<Asked | null>(null);

  ask(findings: readonly GuardFinding[]): Promise<GuardAnswer | null> {
    this.asked?.answer(null);
    return new Promise((resolve) => {
      const answer = (given: GuardAnswer | null) => {
        this.asked = null;
        resolve(given);
      };
      this.asked = { findings, answer };
    });
  }
}

export const guardQuestion = new GuardQuestion();

type Sending = Request<'chat_send'>;

/** Sends; where the person has to say something first, asks and sends with what they said. */
export async function sendGuarded(
  request: Sending,
  send: (request: Sending) => Promise<ChatStarted>,
): Promise<ChatStarted> {
  try {
    return await send(request);
  } catch (cause) {
    const refusal = toApiError(cause, 'internal');
    if (refusal.code !== 'guard_confirm') throw cause;
    const guard = await guardQuestion.ask(foundIn(refusal));
    if (guard === null) throw cause;
    return await send({ ...request, guard });
  }
}

/** What a refusal says was found. */
function foundIn({ details }: ApiError): readonly GuardFinding[] {
  if (typeof details !== 'object' || details === null || !('findings' in details)) return [];
  return Array.isArray(details.findings) ? (details.findings as GuardFinding[]) : [];
}
