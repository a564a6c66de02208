// Asks the port through the `openai` package for JavaScript, as any program of a user would.
//
// Arguments: base URL, key. Prints one JSON object with what each part of the interface gave.

import OpenAI from 'openai';

const [url, key] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
const question = 'What is the capital of France?';
const asked = {
  model: 'default',
  temperature: 0,
  max_tokens: 48,
  messages: [{ role: 'user', content: question }],
};
const weather = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'Tells the weather of a city.',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string', enum: ['Paris', 'Rome'] } },
      required: ['city'],
      additionalProperties: false,
    },
  },
};

/** The class of the error that this raises. */
async function errorOf(ask) {
  try {
    await ask();
    return null;
  } catch (error) {
    return error.constructor.name;
  }
}

const whole = await client.chat.completions.create(asked);
const parts = [];
for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) {
  parts.push(chunk.choices[0]?.delta.content ?? '');
}
const called = await client.chat.completions.create({
  ...asked,
  max_tokens: 100,
  tools: [weather],
  tool_choice: 'required',
});
const vectors = await client.embeddings.create({ model: 'all-minilm-l6-v2', input: ['a', 'b'] });
const response = await client.responses.create({
  model: 'default',
  input: question,
  temperature: 0,
  max_output_tokens: 48,
});
const wrong = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'wrong', maxRetries: 0 });
const report = {
  whole: whole.choices[0].message.content,
  streamed: parts.join(''),
  called: called.choices[0].message.tool_calls[0].function.name,
  dimensions: vectors.data.map((row) => row.embedding.length),
  response: response.output_text,
  errors: {
    'unknown model': await errorOf(() =>
      client.chat.completions.create({ ...asked, model: 'x' }),
    ),
    'wrong key': await errorOf(() => wrong.models.list()),
  },
};
console.log(JSON.stringify(report));
