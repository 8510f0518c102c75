/** Keeps the page usable without network. Where workers are refused it simply needs the network. */
export function startOffline(): void {
  if (!("serviceWorker" in navigator) || !globalThis.isSecureContext) return;
  const register = () => {
    navigator.serviceWorker.register("/sw.js").catch(() => undefined);
  };
  // After the first view: nobody waits for what may be needed later.
  if (document.readyState === "complete") register();
  else globalThis.addEventListener("load", register, { once: true });
}
