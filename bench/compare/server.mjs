// node-oidc-provider, set up to do what ours does in a silent sign-in: code flow with PKCE, client_secret_basic, ES256,
// pairwise subjects, and people who are signed in and have consented. Reads its settings as JSON from the first
// argument; writes one line of JSON, the people's cookies, when it listens.
import { createHmac, generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";
import { Memory, postgres } from "./adapters.mjs";

const { port, people, secret, callback, scope, connection } = JSON.parse(process.argv[2]);
const HOURS = 3600;
const bridge = randomBytes(32);
const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });

const provider = new Provider(`http://localhost:${port}`, {
  adapter: connection ? await postgres(connection, 8) : Memory,
  clients: [
    {
      client_id: "shop",
      client_secret: secret,
      redirect_uris: [callback],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      subject_type: "pairwise",
      id_token_signed_response_alg: "ES256",
      token_endpoint_auth_method: "client_secret_basic",
    },
  ],
  jwks: { keys: [{ ...key, alg: "ES256", use: "sig", kid: "es256" }] },
  subjectTypes: ["pairwise"],
  pairwiseIdentifier: (_ctx, account, client) =>
    createHmac("sha256", bridge).update(`${client.sectorIdentifier}\0${account}`).digest("base64url"),
  claims: {
    openid: ["sub"],
    profile: ["nickname", "preferred_username"],
    verified: ["verified", "assurance_level", "verified_on"],
  },
  scopes: ["openid", "profile", "verified"],
  conformIdTokenClaims: false,
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      nickname: id,
      preferred_username: id,
      verified: true,
      assurance_level: "registry",
      verified_on: "2026-05-17",
    }),
  }),
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: () => "/interaction" },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Grant: 24 * HOURS, Session: 12 * HOURS, Interaction: 600 },
});

async function person(number) {
  const accountId = `person${number}`;
  const grant = new provider.Grant({ accountId, clientId: "shop" });
  grant.addOIDCScope(scope);
  const session = new provider.Session({});
  session.loginAccount({ accountId });
  session.ensureClientContainer("shop");
  session.grantIdFor("shop", await grant.save(24 * HOURS));
  await session.save(12 * HOURS);
  return `_session=${session.id}`;
}

const cookies = [];
for (let number = 0; number < people; number += 1) cookies.push(await person(number));
createServer(provider.callback()).listen(port, "127.0.0.1", () => console.log(JSON.stringify(cookies)));
