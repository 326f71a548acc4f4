/**
 * The one script: asks the device for a passkey and hands the answer to the server (WebAuthn Level 3 §7).
 *
 * A form says what it wants with data-passkey = "sign-in" | "sign-up" | "confirm", and where to go with
 * data-options-url and data-verify-url. Both are sent JSON by POST: the form's own fields, and to the second the
 * `credential`. The reply is {next} or {error: {title, what, next, id}}. Every word shown is in the form's data-text-*
 * attributes or comes from the server, already in the reader's language.
 */

/** A refusal that the server has put into words. */
class Refused extends Error {
  constructor(error) {
    super(error.title);
    this.error = error;
  }
}

const bytesFrom = (text) => {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
};

const textFrom = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withIdBytes = (descriptors = []) => descriptors.map((one) => ({ ...one, id: bytesFrom(one.id) }));

/** parseCreationOptionsFromJSON for browsers that lack it (Safari before 18.4). */
function creationOptions(json) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(json);
  return {
    ...json,
    challenge: bytesFrom(json.challenge),
    user: { ...json.user, id: bytesFrom(json.user.id) },
    excludeCredentials: withIdBytes(json.excludeCredentials),
  };
}

function requestOptions(json) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(json);
  return { ...json, challenge: bytesFrom(json.challenge), allowCredentials: withIdBytes(json.allowCredentials) };
}

/** PublicKeyCredential.toJSON, likewise. */
function credentialJson(credential) {
  if (credential.toJSON) return credential.toJSON();
  const { response } = credential;
  const members = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const present = members.filter((name) => response[name]);
  return {
    id: credential.id,
    rawId: textFrom(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      ...Object.fromEntries(present.map((name) => [name, textFrom(response[name])])),
      ...(response.getTransports && { transports: response.getTransports() }),
    },
  };
}

/** The form's fields without the CSRF token, which travels in a header. */
function fieldsOf(form) {
  const { csrf_token: token, passkey: _autofillAnchor, ...fields } = Object.fromEntries(new FormData(form));
  return { token, fields };
}

async function post(form, url, more = {}) {
  const { token, fields } = fieldsOf(form);
  const answer = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ ...fields, ...more }),
  });
  const reply = await answer.json();
  if (reply.error) throw new Refused(reply.error);
  return reply;
}

const askOptions = (form) => post(form, form.dataset.optionsUrl);

async function ceremony(form, json, ask = {}) {
  const creating = form.dataset.passkey === "sign-up";
  const credential = creating
    ? await navigator.credentials.create({ ...ask, publicKey: creationOptions(json) })
    : await navigator.credentials.get({ ...ask, publicKey: requestOptions(json) });
  const reply = await post(form, form.dataset.verifyUrl, { credential: credentialJson(credential) });
  location.assign(reply.next);
}

/** What to tell the person about an error, by its name (WebAuthn Level 3 §5.1.3, §5.1.4). */
function wordsFor(error, texts) {
  if (error instanceof Refused) {
    const { title, what, next, id } = error.error;
    return [title, what, next, id && `${texts.textId}: ${id}`].filter(Boolean).join(" ");
  }
  const known = {
    NotAllowedError: texts.textDismissed,
    InvalidStateError: texts.textExists,
    SecurityError: texts.textInsecure,
    TypeError: texts.textOffline,
  };
  return known[error.name] ?? texts.textFailed;
}

function tell(form, text, { wrong = false } = {}) {
  const status = form.querySelector("[role=status]");
  status.textContent = text;
  status.classList.toggle("wrong", wrong);
}

/**
 * Offer passkeys in the browser's own autofill until `signal` says that the button was pressed. Nobody asked for the
 * offer, so it fails in silence; only an answer that was chosen from it and then refused is worth a word.
 */
async function offerInAutofill(form, signal) {
  if (form.dataset.passkey !== "sign-in") return;
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  const json = await askOptions(form).catch(() => null);
  if (!json || signal.aborted) return;
  form.querySelector("[data-autofill]").hidden = false;
  try {
    await ceremony(form, json, { mediation: "conditional", signal });
  } catch (error) {
    if (signal.aborted || !(error instanceof Refused)) return;
    tell(form, wordsFor(error, form.dataset), { wrong: true });
    offerInAutofill(form, signal); // the challenge is spent: offer a fresh one
  }
}

function drive(form) {
  const button = form.querySelector("[data-action=passkey]");
  let offer = new AbortController();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.ariaDisabled === "true") return; // not `disabled`: the button would lose the focus
    button.ariaDisabled = "true";
    offer.abort();
    tell(form, form.dataset.textWorking);
    try {
      await ceremony(form, await askOptions(form));
    } catch (error) {
      tell(form, wordsFor(error, form.dataset), { wrong: true });
      button.ariaDisabled = "false";
      offer = new AbortController();
      offerInAutofill(form, offer.signal);
    }
  });
  offerInAutofill(form, offer.signal);
}

/** Browsers inside other apps; most of them have the interface and then refuse every request. */
const IN_APP = /MicroMessenger|\bQQ\/|Weibo|DingTalk|AlipayClient|Lark|aweme|NewsArticle|FBAN|FBAV|Instagram|Line\//;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const able = Boolean(globalThis.PublicKeyCredential && navigator.credentials);
  form.hidden = !able;
  form.nextElementSibling.hidden = able && !IN_APP.test(navigator.userAgent);
  if (able) drive(form);
}

addEventListener("pageshow", (event) => event.persisted && location.reload()); // come back to a fresh challenge
