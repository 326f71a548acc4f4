// Serves a browser app: its page, its script, and oidc-client-ts as its package has it for browsers.
import express from "express";

const [issuer, clientId, , base] = process.argv.slice(2);
const app = express();
const here = import.meta.dirname;
const page = `<!doctype html><title>App</title><button id="in">Sign in</button> <button id="out">Sign out</button>
<pre id="me"></pre><script src="/oidc-client-ts.js"></script><script type="module" src="/app.js"></script>`;

app.get("/app.js", (request, response) => response.sendFile(`${here}/oidc_client_ts_app.js`));
app.get("/oidc-client-ts.js", (request, response) =>
  response.sendFile(`${here}/node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js`),
);
app.get("/config.json", (request, response) => response.json({ issuer, clientId, base }));
app.get(["/", "/callback"], (request, response) => response.send(page));
app.listen(new URL(base).port, "localhost");
