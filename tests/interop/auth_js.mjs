// A relying site with Auth.js on Express, as its documentation shows it.
import { ExpressAuth, getSession } from "@auth/express";
import express from "express";

const [issuer, clientId, clientSecret, base, secret] = process.argv.slice(2);
const app = express();
const yufu = { type: "oidc", issuer, clientId, clientSecret };
const config = {
  secret,
  trustHost: true,
  providers: [
    { ...yufu, id: "yufu", name: "Yufu", authorization: { params: { scope: "openid profile verified" } } },
    { ...yufu, id: "plain", name: "Yufu, as Auth.js asks by itself" },
  ],
  callbacks: {
    jwt: ({ token, user, profile }) => (profile ? { ...token, sub: profile.sub, verified: profile.verified } : token),
    session: ({ session, token }) => ({ ...session, sub: token.sub, verified: token.verified }),
  },
};

app.use(/^\/auth\/(.+)$/, ExpressAuth(config)); // what the documentation calls "/auth/*", in Express 5's words
app.get("/", (request, response) => response.json({}));
app.get("/me", async (request, response) => response.json(await getSession(request, config)));
app.listen(new URL(base).port, "localhost");
