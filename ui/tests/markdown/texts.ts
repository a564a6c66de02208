// Answers with everything that our Markdown has, for looking and for measuring.
export const FULL = `## Where the formula comes from

Einstein's $E = mc^2$ follows from \\(E^2 = (pc)^2 + (mc^2)^2\\) with $p = 0$. A coffee costs $5 and a cake $6, so both are $11; the $n$th one is free.[^free]

$$
\\int_{-\\infty}^{\\infty} e^{-x^2}\\,dx = \\sqrt{\\pi}, \\qquad \\sum_{n=1}^{\\infty} \\frac{1}{n^2} = \\frac{\\pi^2}{6}
$$

With matrices and cases, over $\\mathbb{R}$ and $\\mathcal{L}$:

\\[
A = \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}, \\quad
f(x) = \\begin{cases} x^2 & x > 0 \\\\ 0 & \\text{else} \\end{cases}
\\]

\\begin{align}
  (a + b)^2 &= a^2 + 2ab + b^2 \\\\
  - (a - b)^2 &= -a^2 + 2ab - b^2
\\end{align}

An unknown command stays its source: $\\nosuchthing{x}$.

### A plan

- [x] Measure
  1. The rooms
     - with their windows
  2. The roof
- [ ] Ask[^ask] for three offers
- [ ] Decide

| Source | Cost | Formula |
|:--|--:|:-:|
| Air | 12 000 € | $\\frac{Q}{W}$ |
| Ground | 24 000 € | $Q - W$ |

\`\`\`mermaid
flowchart LR
  A[Question] --> B{Local model?}
  B -->|yes| C[Answer]
  B -->|no| D[Nothing leaves]
  C --> E[(Encrypted store)]
\`\`\`

<details>
<summary>More</summary>
</details>

Plain addresses are links too: https://example.org/a?b=1 and mail@example.org.

[^free]: Not really. See $\\lim_{n \\to \\infty}$.
[^ask]: In writing, with **the price** in it.

    And with a date.
`;

/** A table of 40 columns. */
export function bigTable(rows: number): string {
  const columns = Array.from({ length: 40 }, (_, at) => at + 1);
  const line = (of: (at: number) => string) => `| ${columns.map(of).join(' | ')} |`;
  return [
    line((at) => `Column ${String(at)}`),
    `|${columns.map((at) => (at % 3 === 0 ? '--:' : '---')).join('|')}|`,
    ...Array.from({ length: rows }, (_, row) =>
      line((at) =>
        at % 3 === 0
          ? String(row * at)
          : `${at === 1 ? `**${String(row)}**` : String(row)} value ${String(at)}`,
      ),
    ),
  ].join('\n');
}

/** Code that is folded. */
export const LONG_CODE = `\`\`\`python\n${Array.from(
  { length: 240 },
  (_, at) =>
    `def step_${String(at)}(x: int) -> int:  # ${String(at)}\n    return x + ${String(at)}`,
).join('\n')}\n\`\`\``;

/** A text by its name. */
export function scene(name: string): string {
  switch (name) {
    case 'table':
      return bigTable(5000);
    case 'folded':
      return LONG_CODE;
    case 'long':
      return FULL.repeat(60);
    case 'longer':
      return FULL.repeat(300);
    case 'line':
      return 'word '.repeat(1_000_000);
    case 'links':
      return 'See [this](https://example.org/a) and https://example.org/b, '.repeat(4000);
    case 'list':
      return Array.from({ length: 20_000 }, (_, at) => `- item **${String(at)}**`).join('\n');
    case 'deep':
      return Array.from({ length: 400 }, (_, at) => `${'  '.repeat(at)}- ${String(at)}`).join('\n');
    case 'word':
      return `A key:\n\n${'aB3_'.repeat(50_000)}\n\nThat was it.`;
    case 'stream':
      return FULL.repeat(8);
    default:
      return FULL;
  }
}
