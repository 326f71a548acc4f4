// Leads on from the page after a sign-out once the sites in its frames have been told, or after a while. The button
// beside it does the same for browsers without scripts.
const onward = document.querySelector("[data-onward]");
const go = () => location.assign(onward.href);
addEventListener("load", go); // fires when every frame has loaded
setTimeout(go, 5000);
