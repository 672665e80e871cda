// Preloaded into a server, it switches the application's own tenant scoping off: no statement asks for a tenant any more.
import pg from 'pg';

const SCOPE = /[\w".]*\btenant_id"? = (\$\d+)/g;

/** The placeholder stays, so that the values keep their places. */
const withoutScoping = (statement) => statement.replace(SCOPE, '$1::text IS NOT NULL');

const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (statement, ...rest) {
  if (typeof statement === 'string') return query.call(this, withoutScoping(statement), ...rest);
  return query.call(this, { ...statement, text: withoutScoping(statement.text) }, ...rest);
};
