import { describe, expect, it } from '@jest/globals';
import type { AgentEvent } from './agent-event.js';
import { renderForTerminal } from './terminal-renderer.js';
import { terminalText, wantsColour } from './terminal-text.js';

const hostile = [
  '\x1b]52;c;cm0gLXJmIC8=\x07', // writes the clipboard
  '\x1b]0;title\x1b\\',
  '\x1b]8;;http://example.test\x07link\x1b]8;;\x07',
  '\x1b[2J\x1b[1;1H', // clears the screen
  '\x1b[6n\x1b[c\x1bZ', // asks the terminal, which would type its answer
  '\x1b[?1049h\x1b[>4;2m\x1b[?25m', // the last two only look like colours
  '\x1bP+q544e\x1b\\',
  '\x1bc\x1b7\x1b(0',
  '\x9b2J\x9d52;c;AAAA\x9c', // C1 forms
  'safe\rfake',
  'a\bb\x7f\0\x0b\x0c\x0e',
  'user\u202etxt.exe\u2066\u2028',
  '\x1b',
  '\x1b[',
  `\x1b[${'1;'.repeat(100)}m`,
  '\x1b[31\x1b[31mm',
];
const colours = new RegExp('\u001b' + String.raw`\[[0-9;:]*m`, 'g');
const dangerous = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

const eventsWith = (text: string): AgentEvent[] => [
  { kind: 'start', model: text, version: text },
  { kind: 'text', text },
  { kind: 'thinking', text },
  { kind: 'toolCall', id: text, tool: text, input: { command: text } },
  { kind: 'toolCall', id: text, tool: text, input: text },
  { kind: 'toolResult', id: text, text, isError: true },
  { kind: 'end', succeeded: false, text, turns: 1, durationMs: 1 },
  { kind: 'raw', line: text, continued: false },
];

describe('renderForTerminal', () => {
  it('takes a tool call whose input nests without end', () => {
    const input: unknown = JSON.parse('['.repeat(300_000) + ']'.repeat(300_000));
    expect(renderForTerminal({ kind: 'toolCall', id: '', tool: 'Bash', input }, { colour: false })).toContain('Bash');
    const nested = { kind: 'toolCall', id: '', tool: 'Bash', input: { nested: input } } as const;
    expect(renderForTerminal(nested, { colour: false })).toContain('nested too deeply');
  });

  it.each(hostile)('lets nothing but colours pass of %j', (text) => {
    for (const event of eventsWith(text)) {
      expect(renderForTerminal(event, { colour: true }).replace(colours, '')).not.toMatch(dangerous);
      expect(renderForTerminal(event, { colour: false })).not.toMatch(dangerous);
    }
  });

  it.each(hostile)('lets nothing but colours pass wherever %j is cut in two', (text) => {
    for (let at = 0; at <= text.length; at += 1) {
      const shown = [text.slice(0, at), text.slice(at)].map((line) =>
        renderForTerminal({ kind: 'raw', line, continued: false }, { colour: true }),
      );
      expect(shown.join('').replace(colours, '')).not.toMatch(dangerous);
    }
  });

  it('ends every colour that an agent began', () => {
    const shown = renderForTerminal({ kind: 'text', text: '\x1b[31mred' }, { colour: true });
    expect(shown).toBe('\x1b[31mred\x1b[0m\n');
  });

  it('cuts a long result and says how much is left', () => {
    const text = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n');
    const shown = renderForTerminal(
      { kind: 'toolResult', id: 't', text, isError: false },
      { colour: false, maxResultLines: 2 },
    );
    expect(shown).toBe('  line 0\n  line 1\n  … 28 lines more in the log\n');
  });

  it('cuts no character in two', () => {
    for (const line of ['😀'.repeat(500), `x${'😀'.repeat(500)}`]) {
      const shown = renderForTerminal({ kind: 'raw', line, continued: false }, { colour: false });
      expect(shown).toContain('characters more');
      expect(shown).toBe(shown.toWellFormed());
    }
  });

  it('shows a tool call by its command, in one line', () => {
    const input = { command: 'kubectl get pods\n  -A', description: 'list' };
    const shown = renderForTerminal({ kind: 'toolCall', id: 't', tool: 'Bash', input }, { colour: false });
    expect(shown).toBe('▶ Bash kubectl get pods ⏎ -A\n');
  });

  it('is done at once with a long line of spaces', () => {
    const line = `x${' '.repeat(1024 * 1024)}y`;
    const begun = performance.now();
    const shown = renderForTerminal({ kind: 'raw', line, continued: false }, { colour: false });
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(shown).toContain('characters more');
  });

  it('says why an agent gave up', () => {
    const event: AgentEvent = { kind: 'end', succeeded: false, text: 'no credit', turns: 2, durationMs: 1234 };
    expect(renderForTerminal(event, { colour: false })).toBe('✖ the agent gave up (2 turns, 1.2 s)\n  no credit\n');
  });
});

describe('terminalText', () => {
  it('shows control characters instead of obeying them', () => {
    expect(terminalText('\x1b]0;x\x07\x9b\u202e', true)).toBe('␛]0;x␇<U+009B><U+202E>');
  });

  it.each([
    ['\x1b[1;31mx', '\x1b[1;31mx'],
    ['\x1b[38;5;8mx', '\x1b[38;5;8mx'],
    ['\x1b[48;2;8;5;6mx', '\x1b[48;2;8;5;6mx'],
    ['\x1b[38:2::8:5:6mx', '\x1b[38:2::8:5:6mx'],
    ['\x1b[8mhidden', 'hidden'],
    ['\x1b[31;8;5mx', '\x1b[31mx'],
    ['\x1b[mx', '\x1b[mx'],
    ['\x1b[38;9;8mx', 'x'],
    ['\x1b[31;48;9;8;5mx', '\x1b[31mx'],
    ['\x1b[38;2;5mx', 'x'],
    ['\x1b[38;2;8;5mx', 'x'],
    ['\x1b[38;5mx', 'x'],
    ['\x1b[38;5;1:8;8mx', 'x'],
    ['\x1b[38mx', 'x'],
    ['\x1b[58;5;8;8;4mx', '\x1b[58;5;8;4mx'],
  ])('keeps colours and leaves out what hides or blinks: %j', (text, shown) => {
    expect(terminalText(text, true)).toBe(shown);
    expect(terminalText(text, false)).not.toContain('\x1b');
  });

  it('keeps newlines, tabs and CRLF as a newline', () => {
    expect(terminalText('a\tb\r\nc\n', false)).toBe('a\tb\nc\n');
  });
});

describe('wantsColour', () => {
  it('asks for a terminal without NO_COLOR and not a dumb one', () => {
    expect(wantsColour({ isTTY: true }, { TERM: 'xterm' })).toBe(true);
    expect(wantsColour({}, {})).toBe(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
  });
});
