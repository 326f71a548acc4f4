/**
 * Sends the form of a page that is nothing but the way back to a site (Form Post Response Mode). Not through the
 * button: pressing it twice, by hand and by script, would bring the site the same answer twice.
 */

for (const form of document.querySelectorAll("form[data-form-post]")) {
  form.querySelector("button").disabled = true;
  HTMLFormElement.prototype.submit.call(form); // whatever the site's parameters are called
}
