import { describe, expect, it } from 'vitest';
import { CLIENTS, snippet } from '../../src/features/settings/snippets';

const URL = 'http://127.0.0.1:8790';

describe('programs that ask at the port', () => {
  it.each(CLIENTS)('for $label name the address and take the key from outside', ({ value }) => {
    const text = snippet(value, URL);
    expect(text).toContain(URL);
    expect(text).toContain('HEARTH_KEY');
    expect(text).not.toContain('undefined');
  });

  it('give each interface the address that its clients want', () => {
    expect(snippet('python', URL)).toContain(`"${URL}/v1"`);
    expect(snippet('anthropic', URL)).not.toContain('/v1');
    expect(snippet('ollama', URL)).not.toContain('/v1');
  });
});
