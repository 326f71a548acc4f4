// A relying site with express-openid-connect, as its documentation shows it.
import express from "express";
import oidc from "express-openid-connect";

const [issuer, clientId, clientSecret, base, secret] = process.argv.slice(2);
const app = express();

app.use(
  oidc.auth({
    issuerBaseURL: issuer,
    baseURL: base,
    clientID: clientId,
    clientSecret,
    secret,
    authRequired: false,
    idpLogout: true,
    authorizationParams: { response_type: "code", scope: "openid profile verified age" },
  }),
);
app.get("/", (request, response) => response.json({ signedIn: request.oidc.isAuthenticated() }));
app.get("/me", oidc.requiresAuth(), async (request, response) => {
  response.json({ claims: request.oidc.idTokenClaims, userinfo: await request.oidc.fetchUserInfo() });
});
app.listen(new URL(base).port, "localhost");
