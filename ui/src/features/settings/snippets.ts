/** Ready words for other programs: how each client is pointed at the port. */

/** The clients in the order in which they are offered. Their names are not translated. */
export const CLIENTS = [
  { value: 'curl', label: 'curl' },
  { value: 'python', label: 'Python' },
  { value: 'javascript', label: 'JavaScript' },
  { value: 'anthropic', label: 'Anthropic' },
  { value: 'ollama', label: 'Ollama' },
] as const;

export type ClientName = (typeof CLIENTS)[number]['value'];

/**
 * A program that asks one question at this address. The key comes from the environment: one that is
 * written into a program is soon somewhere else.
 */
export function snippet(client: ClientName, url: string): string {
  switch (client) {
    case 'curl':
      return [
        `curl ${url}/v1/chat/completions \\`,
        '  -H "Authorization: Bearer $HEARTH_KEY" \\',
        '  -H "Content-Type: application/json" \\',
        `  -d '{"model": "default", "messages": [{"role": "user", "content": "Hello"}]}'`,
      ].join('\n');
    case 'python':
      return [
        'import os',
        'from openai import OpenAI',
        '',
        `client = OpenAI(base_url="${url}/v1", api_key=os.environ["HEARTH_KEY"])`,
        'answer = client.chat.completions.create(',
        '    model="default", messages=[{"role": "user", "content": "Hello"}]',
        ')',
        'print(answer.choices[0].message.content)',
      ].join('\n');
    case 'javascript':
      return [
        "import OpenAI from 'openai';",
        '',
        `const client = new OpenAI({ baseURL: '${url}/v1', apiKey: process.env.HEARTH_KEY });`,
        'const answer = await client.chat.completions.create({',
        "  model: 'default',",
        "  messages: [{ role: 'user', content: 'Hello' }],",
        '});',
        'console.log(answer.choices[0].message.content);',
      ].join('\n');
    case 'anthropic':
      return [
        'import os',
        'from anthropic import Anthropic',
        '',
        `client = Anthropic(base_url="${url}", api_key=os.environ["HEARTH_KEY"])`,
        'answer = client.messages.create(',
        '    model="default", max_tokens=500, messages=[{"role": "user", "content": "Hello"}]',
        ')',
        'print(answer.content[0].text)',
      ].join('\n');
    case 'ollama':
      return [
        'import os',
        'from ollama import Client',
        '',
        `client = Client("${url}", headers={"Authorization": f"Bearer {os.environ['HEARTH_KEY']}"})`,
        'answer = client.chat("default", [{"role": "user", "content": "Hello"}])',
        'print(answer.message.content)',
      ].join('\n');
  }
}
