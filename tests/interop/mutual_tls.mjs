// A relying site with openid-client that shows a certificate where the provider asks for one (RFC 8705). Prints the
// authorization URL, reads the callback URL from standard input, prints what it received.
import * as client from "openid-client";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { createInterface } from "node:readline";

const [issuer, clientId, redirectUri, folder, name] = process.argv.slice(2);
const read = (file) => readFileSync(`${folder}/${file}`);

/** A fetch whose connections are made with a certificate, or without one. */
function showing(certificate) {
  const identity = certificate ? { cert: read(`${certificate}.pem`), key: read(`${certificate}.key`) } : {};
  return (url, { body, method, headers }) => {
    if (!String(url).startsWith("https:")) return fetch(url, { body, method, headers });
    return new Promise((answered, failed) => {
      const sent = request(url, { ca: read("server.pem"), agent: false, method, headers, ...identity }, (response) => {
        const parts = [];
        response.on("data", (part) => parts.push(part));
        response.on("end", () => {
          const { statusCode: status, headers } = response;
          answered(new Response(Buffer.concat(parts), { status, headers: new Headers(headers) }));
        });
      });
      sent.on("error", failed);
      sent.end(body && String(body));
    });
  };
}

const known = { use_mtls_endpoint_aliases: true };
const options = { execute: [client.allowInsecureRequests], [client.customFetch]: showing(name) };
const config = await client.discovery(new URL(issuer), clientId, known, client.TlsClientAuth(), options);

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const url = await client.buildAuthorizationUrlWithPAR(config, {
  redirect_uri: redirectUri,
  scope: "openid profile verified",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state,
});
console.log(url.href);

for await (const line of createInterface({ input: process.stdin })) {
  const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true };
  const tokens = await client.authorizationCodeGrant(config, new URL(line), checks);
  const claims = tokens.claims();
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  const { cnf } = await client.tokenIntrospection(config, tokens.access_token);
  const refused = {};
  for (const other of ["thief", undefined]) {
    const address = config.serverMetadata().mtls_endpoint_aliases.userinfo_endpoint;
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    refused[other ?? "nobody"] = (await showing(other)(new URL(address), { method: "GET", headers })).status;
  }
  console.log(JSON.stringify({ claims, userinfo, cnf, refused }));
  break;
}
