/** The names by which others reach this computer, as a person types them. The program has the last word. */

/** As many as the program takes. */
export const MOST_NAMES = 16;

const HOST =
  /^(?=.{1,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)*(?!\d+$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^\[?[\da-f]*:[\da-f:.]+\]?$/i;

export type ReadNames = { names: string[] } | { wrong: string } | { many: true };

/** Reads names with commas or spaces between, and says which one is none. */
export function readNames(text: string): ReadNames {
  const names = text.split(/[\s,;،，、]+/).filter((name) => name !== '');
  const wrong = names.find((name) => ![HOST, IPV4, IPV6].some((form) => form.test(name)));
  if (wrong !== undefined) return { wrong };
  return names.length > MOST_NAMES ? { many: true } : { names };
}
