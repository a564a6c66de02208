// A web view can lose an answer silently, most of all while its window comes or goes. Whoever does
// nothing more until a save is confirmed would then wait for ever; after a while it counts as failed.
// Only for what may be done twice.

/** Milliseconds; a save takes a few. */
export const CONFIRMED_WITHIN = 5_000;

/** The answer, or a failure where none comes in time. */
export function confirmed<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('no answer came'));
    }, CONFIRMED_WITHIN);
    answer.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
