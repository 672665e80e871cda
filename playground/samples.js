/** A triage from beginning to end, one tab for each step. */
const variables = (value) => JSON.stringify(value, undefined, 2);

const incident = {
  kind: 'CrashLoopBackOff',
  namespace: 'shop',
  pod: 'checkout-7d9f6c5b8-x2x4v',
  message: 'Back-off restarting failed container checkout',
};

export const samples = [
  {
    query: `# 1. Enter your API key above.
#    The demo's is in the data folder,
#    in demo.api-key. Then copy the id
#    of a RUNNING instance.
query Instances {
  instances(limit: 20) {
    items {
      id
      name
      state
      aiAgents {
        aiAgent
        configured
      }
    }
  }
}
`,
  },
  {
    query: `# 2. Send an AI agent to look at an incident.
mutation StartTriage($input: StartTriageInput!) {
  startTriage(input: $input) {
    id
    state
    aiAgent
    model
  }
}
`,
    variables: variables({
      input: {
        instanceId: '',
        aiAgent: 'CLAUDE_CODE',
        prompt: 'Find the cause and propose a fix.',
        incident: JSON.stringify(incident),
      },
    }),
  },
  {
    query: `# 3. Watch it work, live, from the first byte.
subscription TriageOutput($runId: ID!) {
  triageOutput(runId: $runId, fromOffset: 0) {
    nextOffset
    data
  }
}
`,
    variables: variables({ runId: '' }),
  },
  {
    query: `# 4. Read what it found, and where in its log.
query TriageReport($runId: ID!) {
  triageRun(id: $runId) {
    state
    failure {
      code
      message
    }
    report {
      outcome
      rootCause {
        statement
        confidence
      }
      evidence {
        statement
        quote
        citation {
          offset
          length
        }
      }
      recommendedActions {
        action
        command
      }
      missing
    }
  }
}
`,
    variables: variables({ runId: '' }),
  },
];
