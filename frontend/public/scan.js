// Reads codes of tags with the camera, where the browser has a reader of codes (BarcodeDetector).
//
// A button says in data-scan which field a code goes into; the field's form is sent then. Buttons are hidden by the style
// sheet until this file has found a reader and a camera to be there. Nothing of a picture leaves the page.
(() => {
  const formats = ["qr_code", "code_128", "ean_13", "ean_8", "upc_a", "upc_e", "code_39"];
  // A code counts again when it was out of sight for so long, and the camera is looked at so often.
  const awayMilliseconds = 900;
  const lookMilliseconds = 120;

  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  window.BarcodeDetector.getSupportedFormats()
    .then((known) => formats.filter((format) => known.includes(format)))
    .then((usable) => {
      if (usable.length === 0) return;
      document.documentElement.classList.add("can-scan");
      document.addEventListener("click", (event) => {
        const button = event.target instanceof Element ? event.target.closest("[data-scan]") : null;
        if (button) read(button, new window.BarcodeDetector({ formats: usable }));
      });
    })
    .catch(() => {});

  async function read(button, detector) {
    const field = document.querySelector(button.dataset.scan);
    if (!(field instanceof HTMLInputElement)) return;
    const goesOn = button.dataset.scanGoesOn === "true";
    const dialog = document.createElement("dialog");
    dialog.className = "scan-dialog";
    dialog.setAttribute("aria-label", "Scan a code");
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    const words = document.createElement("p");
    words.setAttribute("role", "status");
    words.textContent = "Hold the code in front of the camera.";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button";
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    dialog.append(video, words, close);
    document.body.append(dialog);
    let stream;
    dialog.addEventListener("close", () => {
      stream?.getTracks().forEach((track) => track.stop());
      dialog.remove();
      button.focus();
    });
    dialog.showModal();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      if (!dialog.open) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      video.srcObject = stream;
      await video.play();
    } catch {
      words.textContent = "The camera cannot be used. Allow it for this site, or type the code.";
      return;
    }
    const seen = new Map();
    while (dialog.open) {
      const now = performance.now();
      const codes = await detector.detect(video).catch(() => []);
      for (const { rawValue } of codes) {
        const last = seen.get(rawValue);
        seen.set(rawValue, now);
        if (!rawValue || (last !== undefined && now - last < awayMilliseconds)) continue;
        field.value = rawValue;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.form?.requestSubmit();
        navigator.vibrate?.(40);
        words.textContent = goesOn ? `Read ${rawValue}. Next, please.` : `Read ${rawValue}.`;
        if (!goesOn) {
          dialog.close();
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, lookMilliseconds));
    }
  }
})();
