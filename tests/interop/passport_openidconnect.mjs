// A relying site with passport-openidconnect, as its documentation shows it.
import express from "express";
import session from "express-session";
import passport from "passport";
import OpenIDConnectStrategy from "passport-openidconnect";

const [issuer, clientId, clientSecret, base, secret] = process.argv.slice(2);
const app = express();

app.use(session({ secret, resave: false, saveUninitialized: false }));
app.use(passport.initialize());
app.use(passport.session());
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));
passport.use(
  new OpenIDConnectStrategy(
    {
      issuer,
      authorizationURL: `${issuer}/authorize`,
      tokenURL: `${issuer}/token`,
      userInfoURL: `${issuer}/userinfo`,
      clientID: clientId,
      clientSecret,
      callbackURL: `${base}/callback`,
      scope: ["profile", "verified"],
    },
    // Nine parameters: the strategy counts them, and asks for the userinfo only then.
    (issuer, userinfo, idProfile, context, idToken, accessToken, refreshToken, params, done) =>
      done(null, { id: idProfile.id, userinfo: userinfo._json }),
  ),
);
app.get("/", (request, response) => response.json({ signedIn: request.isAuthenticated() }));
app.get("/login", passport.authenticate("openidconnect"));
app.get("/callback", passport.authenticate("openidconnect", { successRedirect: "/me" }));
app.get("/me", (request, response) => response.json(request.user));
app.get("/logout", (request, response, next) =>
  request.logout((error) => (error ? next(error) : response.redirect("/"))),
);
app.listen(new URL(base).port, "localhost");
