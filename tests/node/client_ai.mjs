// Asks the port through the AI SDK, as any program of a user would.
//
// Arguments: base URL, key. Prints one JSON object with what each part of the interface gave.

import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany, generateObject, generateText, jsonSchema, streamText, tool } from 'ai';

const [url, key] = process.argv.slice(2);
const hearth = createOpenAICompatible({
  name: 'hearth',
  baseURL: `${url}/v1`,
  apiKey: key,
  supportsStructuredOutputs: true,
});
const asked = {
  model: hearth('default'),
  prompt: 'What is the capital of France?',
  temperature: 0,
  maxOutputTokens: 100,
  maxRetries: 0,
};
const city = {
  type: 'object',
  properties: { city: { type: 'string', enum: ['Paris', 'Rome'] } },
  required: ['city'],
  additionalProperties: false,
};

const whole = await generateText(asked);
const parts = [];
for await (const part of streamText(asked).textStream) {
  parts.push(part);
}
const weather = tool({
  description: 'Tells the weather of a city.',
  inputSchema: jsonSchema(city),
});
const called = await generateText({ ...asked, tools: { weather }, toolChoice: 'required' });
const fitting = await generateObject({ ...asked, schema: jsonSchema(city) });
const { embeddings } = await embedMany({
  model: hearth.embeddingModel('all-minilm-l6-v2'),
  values: ['a', 'b'],
});
const report = {
  whole: whole.text,
  streamed: parts.join(''),
  parts: parts.length,
  called: called.toolCalls[0]?.toolName,
  fitting: fitting.object.city,
  dimensions: embeddings.map((vector) => vector.length),
};
console.log(JSON.stringify(report));
