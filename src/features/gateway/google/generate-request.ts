import { inspected } from '../inspection/inspected.js';
import { malformed, requireFeature } from '../inspection/refusal.js';
import {
  anything,
  jsonSchema,
  listOf,
  model,
  needs,
  objectOf as objectWith,
  plain,
  settings,
  truth,
  usualRate,
  type Rule,
} from '../inspection/rules.js';

/** Google takes each field by its name in JSON and by that in protocol buffers. */
const inJson = (name: string): string =>
  /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/.test(name)
    ? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    : name;

const objectOf = (fields: Readonly<Record<string, Rule>>): Rule => objectWith(fields, inJson);

/** A list of one may be written as the one. */
const oneOrMore = (rule: Rule): Rule => {
  const list = listOf(rule);
  return (value, at, allowed) => (Array.isArray(value) ? list : rule)(value, at, allowed);
};

const KEPT_FILE = /^https:\/\/generativelanguage\.googleapis\.com\/v1(?:beta)?\/files\/[A-Za-z0-9-]{1,128}$/;

const fileUri: Rule = (value, at, allowed) => {
  if (value === null) return;
  const isKept = typeof value === 'string' && KEPT_FILE.test(value);
  requireFeature(isKept ? 'FILES' : 'URL_SOURCES', at, allowed);
};

const data = {
  inlineData: objectOf({ mimeType: plain, data: plain, displayName: plain }),
  fileData: objectOf({ mimeType: plain, displayName: plain, fileUri }),
};

const part = objectOf({
  ...{ ...data, text: plain, thought: truth, thoughtSignature: plain, partMetadata: anything },
  ...{ videoMetadata: settings, mediaResolution: settings, mediaProcessing: settings },
  functionCall: objectOf({ id: plain, name: plain, args: anything, partialArgs: anything, willContinue: truth }),
  functionResponse: objectOf({
    ...{ id: plain, name: plain, response: anything, willContinue: truth, scheduling: plain },
    parts: oneOrMore(objectOf(data)),
  }),
  executableCode: needs('CODE_EXECUTION'),
  codeExecutionResult: needs('CODE_EXECUTION'),
});

const content = objectOf({ role: plain, parts: oneOrMore(part) });

const tool = objectOf({
  functionDeclarations: oneOrMore(
    objectOf({
      ...{ name: plain, description: plain, behavior: plain, parameters: jsonSchema, parametersJsonSchema: jsonSchema },
      ...{ response: jsonSchema, responseJsonSchema: jsonSchema },
    }),
  ),
  // The agent's computer.
  computerUse: settings,
  ...{ googleSearch: needs('WEB_SEARCH'), googleSearchRetrieval: needs('WEB_SEARCH'), googleMaps: needs('WEB_SEARCH') },
  ...{
    enterpriseWebSearch: needs('WEB_SEARCH'),
    exaAiSearch: needs('WEB_SEARCH'),
    parallelAiSearch: needs('WEB_SEARCH'),
  },
  urlContext: needs('WEB_FETCH'),
  codeExecution: needs('CODE_EXECUTION'),
  mcpServers: needs('REMOTE_MCP'),
  ...{ fileSearch: needs('FILES'), retrieval: needs('FILES') },
});

/** The books of a stream are closed with the end of its first candidate. */
const oneAnswer: Rule = (value, at) => {
  if (value !== null && value !== 1) throw malformed(at, 'no number but 1');
};

const serviceTier = usualRate(/^(?:standard|flex)$/i);

const generationConfig = objectOf({
  ...{ temperature: plain, topP: plain, topK: plain, candidateCount: oneAnswer, maxOutputTokens: plain, seed: plain },
  ...{
    stopSequences: plain,
    presencePenalty: plain,
    frequencyPenalty: plain,
    responseLogprobs: truth,
    logprobs: plain,
  },
  ...{ responseMimeType: plain, responseSchema: jsonSchema, responseJsonSchema: jsonSchema, responseModalities: plain },
  ...{ mediaResolution: plain, thinkingConfig: settings, imageConfig: settings, audioTimestamp: truth },
  ...{ enableAffectiveDialog: truth, enableEnhancedCivicAnswers: truth, speechConfig: anything },
});

const fields = {
  model,
  ...{ contents: oneOrMore(content), systemInstruction: content, tools: oneOrMore(tool), generationConfig },
  toolConfig: objectOf({
    functionCallingConfig: settings,
    retrievalConfig: objectOf({ languageCode: plain, latLng: settings }),
    includeServerSideToolInvocations: truth,
  }),
  ...{ safetySettings: oneOrMore(settings), labels: settings, serviceTier },
  cachedContent: needs('STORED_STATE'),
  store: needs('STORED_STATE'),
};

export const inspectGenerate = inspected(objectOf(fields));

export const inspectCount = inspected(objectOf({ ...fields, generateContentRequest: objectOf(fields) }));
