// Which way a text runs, by its first letter: the rule of `dir="auto"`, for blocks whose parts have a
// direction of their own, which that rule passes by.

const LETTER = /\p{L}/u;
/** The scripts that are written from right to left. */
const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Mandaic}\p{Script=Samaritan}]/u;

/** `null` where no letter tells: then the page around decides. */
export function directionOfText(text: string): 'ltr' | 'rtl' | null {
  const letter = LETTER.exec(text)?.[0];
  if (letter === undefined) return null;
  return RIGHT_TO_LEFT.test(letter) ? 'rtl' : 'ltr';
}
