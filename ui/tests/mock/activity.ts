// What the mock host did in the last hour: busy now and then, as a day is.
import type { Activity, ActivityMinute, Rpc } from '../../src/lib/api';

type Handlers = { [K in keyof Rpc]?: (request: Rpc[K][0]) => Rpc[K][1] };

const MINUTE = 60_000;

function minute(start: number, at: number): ActivityMinute {
  const answers = [0, 2, 1, 0, 3, 5, 2, 0, 0, 1][at % 10] ?? 0;
  const some = answers > 0;
  const wave = Math.sin(at / 4);
  return {
    start,
    people: Math.ceil(answers / 2),
    programs: Math.floor(answers / 2),
    prompt_tokens: answers * 640,
    cached_tokens: Math.round(answers * 640 * (0.7 + wave * 0.2)),
    completion_tokens: answers * 210,
    tokens_per_second: some ? 168 - answers * 9 + wave * 12 : null,
    queue_ms: some ? 2 + answers * answers : null,
    first_token_ms: some ? 120 + answers * 60 + wave * 40 : null,
    slowest_first_token_ms: some ? 180 + answers * 260 : null,
    memory: some ? 325e6 : 0,
  };
}

/** In the scene `no_activity` nothing was done since the start. */
export function activityFor(scene: string): Handlers {
  const activity = (): Activity => {
    const last = Date.now() - (Date.now() % MINUTE);
    const minutes = Array.from({ length: 60 }, (_, at) =>
      minute(last - (59 - at) * MINUTE, scene === 'no_activity' ? 0 : at),
    );
    const sum = (of: (minute: ActivityMinute) => number) =>
      minutes.reduce((all, one) => all + of(one), 0);
    return {
      running: scene === 'no_activity' ? 0 : 2,
      waiting: scene === 'no_activity' ? 0 : 1,
      memory: scene === 'no_activity' ? 0 : 325e6,
      people: sum((one) => one.people),
      programs: sum((one) => one.programs),
      prompt_tokens: sum((one) => one.prompt_tokens),
      cached_tokens: sum((one) => one.cached_tokens),
      completion_tokens: sum((one) => one.completion_tokens),
      minutes,
    };
  };
  return {
    activity,
    activity_export: ({ json }) => ({
      name: json ? 'hearth-activity.json' : 'hearth-activity.csv',
      text: 'start_ms\r\n',
      conversations: 0,
    }),
  };
}
