// What a browser does around forms, beside what the program does: it leads to what is wrong with a form that was refused,
// and it keeps what is half typed, so that a reload or a killed tab loses none of it.
//
// The program tells of each answer by the events `selltrac:taken` and `selltrac:refused`, whose detail is the path of the
// server function, and by `selltrac:stored` what a form that was saved has to show then. Everything is found by attributes:
// `data-refused` is what says why a form was refused, `data-member` the id of who is signed in, `data-restored` the notice that
// something was put back, `data-overtaken` the one that something was not, `data-unsent` the one that nothing can be sent,
// `data-about` the id of what a form is about that has no field for it.
(() => {
  // A draft lives so long, so many of them are kept for a member, and each holds at most so many characters.
  const ageMilliseconds = 24 * 60 * 60 * 1000;
  const mostDrafts = 20;
  const mostCharacters = 1_000_000;
  // What is typed is kept when the typing pauses, and whenever the page is hidden or left.
  const pauseMilliseconds = 400;
  const prefix = "draft:";
  // Whose drafts this browser keeps: the id of who is signed in, the same after `leaving:` while they sign out, or nothing.
  // Every tab looks there before it keeps anything, so that one that still shows a page keeps nothing once they are gone.
  const holder = "drafts-of";
  const signsOut = "[action$='/api/sign-out']";
  const signsIn = "[action$='/api/sign-in']";
  // Whoever still stands on the same page so long after they signed out is signed in yet.
  const leavingMilliseconds = 10_000;
  // Choosing rows of a list types nothing.
  const without = `.list-form, ${signsOut}`;
  const secret = /password|\[key\]|secret|token/i;
  const id = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

  /** The form that was sent last to each path. */
  const sent = new Map();
  /** What is known of the forms of the page: whether nothing was typed since they were sent, whether something was put back
   *  into them, and what their fields said when they were sent last. */
  const known = new WeakMap();
  /** Forms whose typing is not kept yet. */
  const waiting = new Set();
  let timer;
  /** Who was signed in when this page was looked at last. */
  let shown = "";

  // ---- what is wrong ----

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      sent.set(pathOf(form), form);
      if (form.matches(signsOut)) leave();
      else if (isKept(form)) {
        look(form).isSent = true;
        look(form).was = new Map(answers(form).map(({ field }) => [field, now(field)]));
      }
    },
    true,
  );

  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (!event.defaultPrevented && !navigator.onLine && !isReached && document.querySelector("[data-unsent]")) {
      event.preventDefault();
      if (known.has(form)) {
        look(form).isSent = false;
        keep(form);
      }
      sendIfReached(form, event.submitter);
    }
    if (!event.defaultPrevented) {
      // Who sent it before the program was awake is answered by another page, which knows what became of it.
      if (isKept(form)) keep(form, true);
    } else if (form.matches(signsOut)) stay();
  });

  /** Whether the server answered while the browser knew of no network: one on this machine needs none. */
  let isReached = false;
  async function sendIfReached(form, submitter) {
    try {
      // The service worker lets requests for heads pass.
      isReached = (await fetch("/offline.html", { method: "HEAD", cache: "no-store" })).ok;
    } catch {}
    if (isReached) form.requestSubmit(submitter);
    else sayUnsent(true);
  }

  /** Says, or says no more, that nothing can be sent. */
  function sayUnsent(isUnsent) {
    const notice = document.querySelector("[data-unsent]");
    if (!notice) return;
    notice.querySelector("p")?.remove();
    notice.hidden = !isUnsent;
    if (!isUnsent) return;
    const words = document.createElement("p");
    words.className = "notice-words";
    words.textContent = notice.dataset.unsent;
    notice.append(words);
    notice.scrollIntoView({ block: "nearest" });
  }
  window.addEventListener("online", () => sayUnsent(false));

  document.addEventListener("selltrac:taken", ({ detail }) => {
    const form = sent.get(detail);
    if (!form || !known.has(form)) return;
    if (look(form).isSent) forget(form);
    else keep(form);
  });

  // What is stored by now stands in the fields then, unless somebody went on typing. What has no field on the page is left out.
  document.addEventListener("selltrac:stored", (event) => {
    const { path, fields } = JSON.parse(event.detail);
    const form = sent.get(path);
    const was = form && known.get(form)?.was;
    if (!was) return;
    const found = fields.map(([name, value]) => [form.elements.namedItem(name), value]).filter(([field]) => field);
    if (!found.every(([field, value]) => was.get(field) === now(field) && canShow(field, value))) return;
    for (const [field, value] of found) {
      settle(field, value);
      if (now(field) !== value) fill(field, value);
    }
    event.preventDefault();
  });

  document.addEventListener("selltrac:refused", ({ detail }) => {
    const before = sent.get(detail);
    if (!before) return;
    if (before.matches(signsOut)) stay();
    if (known.has(before)) {
      look(before).isSent = false;
      keep(before);
    }
    // What the answer changes on the page is there with the next frame but one.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const form = before.isConnected ? before : formOf(detail);
        const place = form && problemOf(form);
        if (!place) return;
        if (!place.matches("a, button, input, select, textarea, [tabindex]")) place.tabIndex = -1;
        place.focus({ preventScroll: true });
        place.scrollIntoView({ block: place.matches("[data-refused]") ? "start" : "nearest" });
      }),
    );
  });

  /** Where a form says what is wrong with it: its summary, the first wrong field, or the notice nearest to it. */
  function problemOf(form) {
    const fields = [...form.elements].filter((field) => field.getAttribute("aria-invalid") === "true" && isSeen(field));
    const summary = form.querySelector("[data-refused]");
    if (summary) return summary;
    if (fields[0]) return fields[0];
    for (let around = form; around && around !== document.body; around = around.parentElement) {
      const notice = [...around.querySelectorAll(".notice[data-tone=wrong], .field-error")].find(isSeen);
      if (notice) return notice;
    }
    return null;
  }

  function isSeen(element) {
    return element.getClientRects().length > 0;
  }

  // ---- what is half typed ----

  const member = () => document.querySelector("[data-member]")?.dataset.member ?? "";
  const ownPrefix = () => `${prefix}${member()}:`;
  /** This tab's own name. A copy of a tab has the same one, which costs it nothing but the question whose draft it is. */
  const tab = ownName();

  function ownName() {
    try {
      let name = sessionStorage.getItem("tab");
      if (!name) sessionStorage.setItem("tab", (name = Math.random().toString(36).slice(2)));
      // Held for as long as the page lives: by it other tabs know that this one's drafts are still being typed.
      navigator.locks?.request(`tab:${name}`, () => new Promise(() => {}));
      return name;
    } catch {
      return "";
    }
  }

  /** The tabs that live, as far as the browser tells. */
  async function living() {
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    return new Set(held.map((lock) => lock.name.replace(/^tab:/, "")));
  }

  function pathOf(form) {
    // Not `form.action`: a field may be called so.
    return new URL(form.getAttribute("action") ?? "", location.href).pathname;
  }

  function formOf(path) {
    return [...document.forms].find((form) => pathOf(form) === path);
  }

  function isKept(form) {
    return (
      form.getAttribute("method") === "post" &&
      form.getAttribute("enctype") !== "multipart/form-data" &&
      !form.matches(without) &&
      form.closest("main") !== null
    );
  }

  function look(form) {
    if (!known.has(form)) known.set(form, { isSent: false, isRestored: false, was: null });
    return known.get(form);
  }

  /** What tells a form from all others: where it goes, and the ids of what it is about. A key by which it is carried out
   *  once is another one with each page, and tells nothing. */
  function nameOf(form) {
    const isKey = (field) => field.name === "key" || field.name.endsWith("[key]");
    const ids = [...form.elements].filter((field) => field.type === "hidden" && id.test(field.value) && !isKey(field));
    return [pathOf(form), form.dataset.about, ...ids.map((field) => field.value)].filter(Boolean).join(" ");
  }

  /** Whether another form of the page has the same name, so that it cannot be known whose draft one is. */
  function isOneOfSeveral(form) {
    const path = pathOf(form);
    const name = nameOf(form);
    return [...document.forms].some((other) => other !== form && pathOf(other) === path && nameOf(other) === name);
  }

  function keyOf(form) {
    return `${ownPrefix()}${nameOf(form)}:`;
  }

  /** The answers that can be kept, each with its name and its place among those of the same name. */
  function answers(form) {
    const places = new Map();
    return [...form.elements]
      .filter((field) => field.name && !field.disabled && !field.readOnly)
      .filter((field) => !["hidden", "password", "file", "submit", "button", "fieldset"].includes(field.type))
      .filter((field) => !secret.test(field.name) && !/password|one-time|^cc-/.test(field.autocomplete ?? ""))
      .map((field) => {
        const place = places.get(field.name) ?? 0;
        places.set(field.name, place + 1);
        return { field, name: field.name, place };
      });
  }

  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
  const isText = (field) => !isTicked(field) && !(field instanceof HTMLSelectElement);
  const now = (field) => (isTicked(field) ? String(field.checked) : field.value);
  function first(field) {
    if (isTicked(field)) return String(field.defaultChecked);
    if (field instanceof HTMLSelectElement) {
      return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
    }
    return field.defaultValue;
  }

  const canShow = (field, value) =>
    !(field instanceof HTMLSelectElement) || [...field.options].some((option) => option.value === value);

  /** Has a field take a value for what it was filled in with. */
  function settle(field, value) {
    if (isTicked(field)) field.defaultChecked = value === "true";
    else if (field instanceof HTMLSelectElement) {
      for (const option of field.options) option.defaultSelected = option.value === value;
    } else field.defaultValue = value;
  }

  /** Keeps what was typed into a form, if something was. `isSent` says that another page will know what became of it. */
  function keep(form, isSent = false) {
    waiting.delete(form);
    if (!member() || !tab || held() !== member()) return;
    const changed = answers(form).filter(({ field }) => now(field) !== first(field));
    if (!changed.some(({ field }) => isText(field) && field.value.trim() !== "")) return forget(form);
    const fields = changed.map(({ field, name, place }) => [name, place, now(field), first(field)]);
    const draft = JSON.stringify({ at: Date.now(), isSent, fields });
    if (draft.length > mostCharacters || isOneOfSeveral(form)) return forget(form);
    clean();
    put(keyOf(form) + tab, draft);
  }

  function forget(form) {
    waiting.delete(form);
    drop(keyOf(form) + tab);
    look(form).isRestored = false;
    sayNoMore();
  }

  function held() {
    try {
      return localStorage.getItem(holder) ?? "";
    } catch {
      return "";
    }
  }

  /** Nothing is kept any more from the moment somebody signs out. If that fails, the page stands for longer than it takes. */
  function leave() {
    put(holder, `leaving:${member()}`);
    keys(prefix).forEach(drop);
    setTimeout(stay, leavingMilliseconds);
  }

  /** Signing out failed: what is half typed on this page is kept again. */
  function stay() {
    if (held() !== `leaving:${member()}`) return;
    put(holder, member());
    [...document.forms].filter((form) => known.has(form)).forEach((form) => keep(form));
  }

  /** Notes who is signed in. Whoever comes next on this device has nothing of those before. A session that ended by itself
   *  loses nothing: its member signs in again and goes on typing. */
  function meetMember() {
    if (member()) {
      if (member() === shown) return;
      put(holder, (shown = member()));
      dropOthers();
    } else if (document.querySelector(signsIn)) {
      shown = "";
      if (held().startsWith("leaving:")) put(holder, "");
    }
  }

  function dropOthers() {
    keys(prefix)
      .filter((key) => !key.startsWith(ownPrefix()))
      .forEach(drop);
  }

  function dropOld() {
    keys(prefix)
      .filter((key) => !isYoung(draftAt(key)?.at ?? 0))
      .forEach(drop);
  }

  /** What this tab sent before the program was awake counts as carried out, unless the page that comes has its form again:
   *  whoever had no answer goes back to it. */
  function dropSent() {
    const own = [...document.forms].map((form) => keyOf(form) + tab);
    keys(ownPrefix())
      .filter((key) => key.endsWith(`:${tab}`) && draftAt(key)?.isSent && !own.includes(key))
      .forEach(drop);
  }

  /** Lets go of what is too old or somebody else's, and of the oldest beyond the limit. */
  function clean() {
    dropOthers();
    const own = keys(ownPrefix()).map((key) => ({ key, at: draftAt(key)?.at ?? 0 }));
    own.sort((one, other) => other.at - one.at);
    own.filter(({ at }, index) => index >= mostDrafts - 1 || !isYoung(at)).forEach(({ key }) => drop(key));
  }

  const isYoung = (at) => Date.now() - at < ageMilliseconds;

  // The browser may have no room, or keep nothing at all. Nothing was promised, so nothing is said.
  function keys(prefix) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  }

  function draftAt(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function put(key, draft) {
    try {
      localStorage.setItem(key, draft);
    } catch {}
  }

  function drop(key) {
    try {
      localStorage.removeItem(key);
    } catch {}
  }

  /** Puts back what was typed into a form before its page was left. */
  async function restore(form) {
    const key = keyOf(form);
    const found = keys(key);
    if (found.length === 0) return;
    const alive = await living();
    const isFree = (owner) => owner === tab || !alive.has(owner);
    const drafts = found
      .filter((found) => isFree(found.slice(key.length)))
      .map((key) => ({ key, ...draftAt(key) }))
      .filter(({ at, fields }) => isYoung(at) && Array.isArray(fields));
    const draft = drafts.find((draft) => draft.key === key + tab) ?? drafts.sort((one, other) => other.at - one.at)[0];
    if (!draft || !form.isConnected || isOneOfSeveral(form)) return;
    // It was sent before the program was awake: unless it came back, it was carried out. Whoever had to go back to it had no
    // answer.
    const isOver = draft.isSent && !isGoneBackTo() && !form.querySelector("[data-refused], [aria-invalid=true]");
    drop(draft.key);
    if (isOver) return;
    const untouched = answers(form).filter(({ field }) => now(field) === first(field));
    const overtaken = [];
    let isAny = false;
    for (const [name, place, value, before] of draft.fields) {
      const field = untouched.find((answer) => answer.name === name && answer.place === place)?.field;
      if (!field || first(field) === value) continue;
      // What somebody else has changed meanwhile stays as they left it.
      if (first(field) !== before) {
        if (isText(field) && value.trim() !== "") overtaken.push([field, value]);
        continue;
      }
      fill(field, value);
      isAny = true;
    }
    if (overtaken.length > 0) sayOvertaken(form, overtaken);
    if (!isAny) return;
    keep(form);
    look(form).isRestored = true;
    say(true);
  }

  const isGoneBackTo = () => performance.getEntriesByType("navigation")[0]?.type === "back_forward";

  /** Answers in the reader's place, and lets the program know as if it had been typed. A text is not said to be finished:
   *  some fields send their form then. */
  function fill(field, value) {
    if (field.type === "radio" && value !== "true") return;
    if (isTicked(field)) field.checked = value === "true";
    else field.value = value;
    field.dispatchEvent(new Event(isText(field) ? "input" : "change", { bubbles: true }));
  }

  let isSaid = false;
  function say(isRestored) {
    isSaid = isRestored;
    const notice = document.querySelector("[data-restored]");
    if (notice) notice.hidden = !isRestored;
  }

  /** Takes the word back when nothing that was put back is left on the page. */
  function sayNoMore() {
    if (isSaid && [...document.forms].every((form) => !known.get(form)?.isRestored)) say(false);
  }

  /** The form of whose fields the page says that somebody else has changed them. */
  let overtakenForm = null;

  /** Shows what was typed into fields that somebody else has changed since, to be copied from there. */
  function sayOvertaken(form, answers) {
    const notice = document.querySelector("[data-overtaken]");
    if (!notice) return;
    overtakenForm = form;
    for (const [field, value] of answers) {
      const line = document.createElement("li");
      const label = field.labels?.[0]?.textContent.trim();
      line.textContent = label ? `${label}: ${value}` : value;
      notice.querySelector("ul").append(line);
    }
    notice.hidden = false;
  }

  function hideOvertaken() {
    overtakenForm = null;
    const notice = document.querySelector("[data-overtaken]");
    if (!notice) return;
    notice.hidden = true;
    notice.querySelectorAll("li").forEach((line) => line.remove());
  }

  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element ? event.target.closest("[data-restored] button, [data-overtaken] button") : null;
    if (!button) return;
    if (button.closest("[data-overtaken]")) {
      hideOvertaken();
      document.querySelector("main")?.focus({ preventScroll: true });
      return;
    }
    for (const form of document.forms) {
      if (!known.get(form)?.isRestored) continue;
      if (button.matches("[data-restored-discard]")) {
        answers(form)
          .filter(({ field }) => now(field) !== first(field))
          .forEach(({ field }) => fill(field, first(field)));
        forget(form);
      }
      look(form).isRestored = false;
    }
    say(false);
    document.querySelector("main")?.focus({ preventScroll: true });
  });

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form instanceof HTMLFormElement && isKept(form)) typed(form);
  });

  // A paste from anywhere on the page is put into its field by the program, of which no field says a word.
  document.addEventListener("paste", () => {
    setTimeout(() => {
      const isFull = (form) => answers(form).some(({ field }) => field.type === "textarea" && now(field) !== first(field));
      [...document.forms].filter((form) => known.has(form) && isFull(form)).forEach(typed);
    });
  });

  function typed(form) {
    look(form).isSent = false;
    waiting.add(form);
    clearTimeout(timer);
    timer = setTimeout(keepWaiting, pauseMilliseconds);
  }

  function keepWaiting() {
    [...waiting].forEach((form) => keep(form));
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keepWaiting();
    else dropOld();
  });
  window.addEventListener("pagehide", keepWaiting);

  // ---- forms that come and go ----

  function meet() {
    meetMember();
    sayNoMore();
    if (overtakenForm && !overtakenForm.isConnected) hideOvertaken();
    for (const form of document.forms) {
      if (known.has(form) || !isKept(form)) continue;
      look(form);
      restore(form);
    }
  }
  dropOld();
  new MutationObserver(meet).observe(document.body, { childList: true, subtree: true });
  meet();
  dropSent();
})();
