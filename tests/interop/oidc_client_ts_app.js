// A browser app with oidc-client-ts, as its documentation shows it.
const { issuer, clientId, base } = await (await fetch("/config.json")).json();
const users = new oidc.UserManager({
  authority: issuer,
  client_id: clientId,
  redirect_uri: `${base}/callback`,
  post_logout_redirect_uri: `${base}/`,
  scope: "openid profile verified",
  loadUserInfo: true,
});

document.querySelector("#in").onclick = () => users.signinRedirect();
document.querySelector("#out").onclick = () => users.signoutRedirect();

async function me() {
  if (location.pathname !== "/callback") return (await users.getUser())?.profile ?? null;
  return (await users.signinRedirectCallback()).profile;
}
document.querySelector("#me").textContent = await me().then(JSON.stringify, String);
