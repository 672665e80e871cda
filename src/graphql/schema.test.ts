import { describe, expect, it } from '@jest/globals';
import { buildSchema, getNamedType } from 'graphql';
import 'reflect-metadata';
import { Query, Resolver } from 'type-graphql';
import { smallSchema } from '../../tests/testkit/small-server.js';
import { printedSchema } from '../print-schema.js';
import { buildTriagedSchema, printTriagedSchema } from './index.js';

@Resolver()
class OpenResolver {
  @Query(() => String, { description: 'Open to all, which must not be.' })
  forgotten(): string {
    return 'open';
  }
}

describe('the schema', () => {
  it('shows in its SDL whom each root field serves', () => {
    const sdl = printTriagedSchema(smallSchema());
    expect(sdl).toContain('runAgent: Int! @auth(requires: OPERATOR)');
    expect(sdl).toContain('adminTicks: Int! @auth(requires: ADMIN)');
    expect(sdl).toMatch(/directive @auth\(\s*("""[^"]*"""\s*)?requires: Role!\s*\) on FIELD_DEFINITION/);
    expect(sdl).toMatch(/enum Role \{[\s\S]*ADMIN[\s\S]*OPERATOR[\s\S]*VIEWER/);
  });

  it('pages every list by the same arguments, none of which has to be given', () => {
    const fields = buildSchema(printedSchema()).getQueryType()!.getFields();
    const lists = Object.values(fields).filter(({ type }) => getNamedType(type).name.endsWith('Page'));
    expect(lists.length).toBeGreaterThan(5);
    for (const { name, args } of lists) {
      const shown = args.map((arg) => `${arg.name}: ${String(arg.type)}`).sort();
      const filter = expect.stringMatching(/^filter: \w+Filter$/);
      expect([name, shown, args.some(({ defaultValue }) => defaultValue !== undefined)]).toEqual([
        name,
        ['after: String', filter, 'limit: Int', 'offset: Int'],
        false,
      ]);
    }
  });

  it('is not built when a root field says nothing of it', () => {
    expect(() => buildTriagedSchema({ resolvers: new Map([[OpenResolver, new OpenResolver()]]) })).toThrow(
      'Query.forgotten',
    );
  });
});
