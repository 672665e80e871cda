/** An instance of a class that has fields only, such as a GraphQL type. */
export const make = <T extends object>(type: new () => T, fields: { [K in keyof T]: T[K] }): T =>
  Object.assign(new type(), fields);
