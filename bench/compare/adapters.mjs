// Where node-oidc-provider keeps its things: a Map, or one table of PostgreSQL. Both are what its adapter contract asks
// for, and consuming a code is one conditional update.
import pg from "pg";

const stale = (entry) => entry === undefined || entry.until <= Date.now();

export class Memory {
  static #everything = new Map();
  static #sessions = new Map();

  constructor(model) {
    this.model = model;
  }

  #key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload, seconds) {
    const until = seconds ? Date.now() + seconds * 1000 : Infinity;
    Memory.#everything.set(this.#key(id), { payload: { ...payload }, until });
    if (this.model === "Session") Memory.#sessions.set(payload.uid, id);
  }

  async find(id) {
    const entry = Memory.#everything.get(this.#key(id));
    return stale(entry) ? undefined : entry.payload;
  }

  async findByUid(uid) {
    return this.find(Memory.#sessions.get(uid));
  }

  async findByUserCode() {
    return undefined;
  }

  async consume(id) {
    const entry = Memory.#everything.get(this.#key(id));
    if (stale(entry) || entry.payload.consumed) throw new Error("consumed before");
    entry.payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    Memory.#everything.delete(this.#key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, { payload }] of Memory.#everything) {
      if (payload.grantId === grantId) Memory.#everything.delete(key);
    }
  }
}

const TABLE = `CREATE TABLE IF NOT EXISTS things (
  model text NOT NULL, id text NOT NULL, payload jsonb NOT NULL, grant_id text, uid text, until_at bigint,
  consumed_at bigint, PRIMARY KEY (model, id))`;

const STATEMENTS = {
  upsert: `INSERT INTO things (model, id, payload, grant_id, uid, until_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
    uid = excluded.uid, until_at = excluded.until_at`,
  find: `SELECT payload, consumed_at FROM things WHERE model = $1 AND id = $2 AND (until_at IS NULL OR until_at > $3)`,
  findByUid: `SELECT payload, consumed_at FROM things WHERE model = $1 AND uid = $2
    AND (until_at IS NULL OR until_at > $3)`,
  consume: `UPDATE things SET consumed_at = $3 WHERE model = $1 AND id = $2 AND consumed_at IS NULL`,
  destroy: `DELETE FROM things WHERE model = $1 AND id = $2`,
  revoke: `DELETE FROM things WHERE grant_id = $1`,
};

export async function postgres(connection, size) {
  const pool = new pg.Pool({ ...connection, max: size });
  await pool.query(TABLE);
  await pool.query("CREATE INDEX IF NOT EXISTS things_grant ON things (grant_id)");
  await pool.query("CREATE INDEX IF NOT EXISTS things_uid ON things (uid) WHERE uid IS NOT NULL");
  const run = (name, values) => pool.query({ name, text: STATEMENTS[name], values });
  const now = () => Math.floor(Date.now() / 1000);
  const first = ({ rows }) =>
    rows.length ? { ...rows[0].payload, ...(rows[0].consumed_at && { consumed: Number(rows[0].consumed_at) }) } : undefined;

  return class Postgres {
    constructor(model) {
      this.model = model;
    }

    async upsert(id, payload, seconds) {
      const until = seconds ? now() + seconds : null;
      await run("upsert", [this.model, id, payload, payload.grantId ?? null, payload.uid ?? null, until]);
    }

    async find(id) {
      return first(await run("find", [this.model, id, now()]));
    }

    async findByUid(uid) {
      return first(await run("findByUid", [this.model, uid, now()]));
    }

    async findByUserCode() {
      return undefined;
    }

    async consume(id) {
      const { rowCount } = await run("consume", [this.model, id, now()]);
      if (rowCount !== 1) throw new Error("consumed before");
    }

    async destroy(id) {
      await run("destroy", [this.model, id]);
    }

    async revokeByGrantId(grantId) {
      await run("revoke", [grantId]);
    }
  };
}
