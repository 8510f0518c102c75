import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { common } from "../lib/i18n/common.ts";
import { dashboard } from "../lib/i18n/dashboard.ts";
import { work } from "../lib/i18n/work.ts";
import { setShortcuts, shortcutsOn } from "../lib/prefs.ts";
import { Icon, Mark } from "../lib/ui/icon.tsx";
import { PrefSwitches } from "../lib/ui/prefs.tsx";
import { feed } from "./feed.ts";
import { paths, route } from "./router.ts";
import { session, signOut } from "./session.ts";
import { helpOpen } from "./shortcuts.ts";

/** Whether what is on screen is live. Always visible, never only a colour. */
export function LiveMark() {
  const state = feed.state.value;
  const text =
    state.at === "retrying"
      ? dashboard("live.retrying", { s: state.inS })
      : dashboard(`live.${state.at}`);
  return (
    <span class={`live ${state.at}`}>
      <span class="live-dot" aria-hidden="true" />
      <span role="status">{text}</span>
      {state.at === "retrying" || state.at === "offline" ? (
        <button type="button" class="link" onClick={feed.reconnect}>
          {dashboard("live.now")}
        </button>
      ) : null}
    </span>
  );
}

function NavLink({
  href,
  active,
  children,
}: {
  href: string;
  active: boolean;
  children: ComponentChildren;
}) {
  return (
    <li>
      <a href={href} aria-current={active ? "page" : undefined}>
        {children}
      </a>
    </li>
  );
}

function Nav() {
  const { page } = route.value;
  return (
    <nav class="nav" aria-label={dashboard("nav.label")}>
      <ul>
        <NavLink href={paths.reports} active={page === "reports" || page === "report"}>
          {dashboard("nav.reports")}
        </NavLink>
        <NavLink href={paths.groups} active={page === "groups" || page === "group"}>
          {work("nav.groups")}
        </NavLink>
        <NavLink href={paths.trends} active={page === "trends"}>
          {work("nav.trends")}
        </NavLink>
        <NavLink href={paths.catalogue} active={page === "catalogue" || page === "entry"}>
          {dashboard("nav.catalogue")}
        </NavLink>
        <NavLink href={paths.ticket()} active={page === "ticket"}>
          {dashboard("nav.ticket")}
        </NavLink>
      </ul>
    </nav>
  );
}

const HELP = [
  ["keys.search", ["/"]],
  ["keys.move", ["j", "k"]],
  ["keys.open", ["Enter"]],
  ["keys.evidence", ["n", "p"]],
  ["keys.back", ["u"]],
  ["keys.reports", ["g", "r"]],
  ["keys.groups", ["g", "g"]],
  ["keys.trends", ["g", "t"]],
  ["keys.catalogue", ["g", "c"]],
  ["keys.ticket", ["g", "n"]],
  ["keys.help", ["?"]],
] as const;

function ShortcutHelp() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open && dialog.current?.open) dialog.current.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={() => {
        helpOpen.value = false;
      }}
    >
      <h2 id="help-title">{dashboard("keys.title")}</h2>
      <dl>
        {HELP.map(([key, caps]) => (
          <div key={key}>
            <dt>{dashboard(key)}</dt>
            <dd>
              {caps.map((cap) => (
                <kbd key={cap}>{cap}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <label class="switch">
        <input
          type="checkbox"
          checked={shortcutsOn.value}
          onChange={(e) => setShortcuts(e.currentTarget.checked)}
        />
        <span>{dashboard("keys.on")}</span>
      </label>
      <div class="actions">
        <button type="button" class="button primary" onClick={() => dialog.current?.close()}>
          {common("action.close")}
        </button>
      </div>
    </dialog>
  );
}

export function Shell({ children }: { children: ComponentChildren }) {
  const signedIn = session.value.at === "in";
  return (
    <div class="shell">
      <a class="skip" href="#main">
        {common("skip.content")}
      </a>
      <header class="top">
        <a class="brand" href={paths.reports}>
          <Mark />
          {common("app.name")}
        </a>
        {signedIn ? <Nav /> : null}
        <div class="top-end">
          {signedIn ? <LiveMark /> : null}
          <PrefSwitches />
          {signedIn ? (
            <>
              <button
                type="button"
                class="button quiet small pointer-only wide-only"
                onClick={() => {
                  helpOpen.value = true;
                }}
              >
                <kbd aria-hidden="true">?</kbd>
                <span class="offscreen">{dashboard("nav.shortcuts")}</span>
              </button>
              <button type="button" class="button quiet small" onClick={() => void signOut()}>
                <Icon name="out" />
                <span class="wide-only">{dashboard("nav.logout")}</span>
                <span class="offscreen narrow-only">{dashboard("nav.logout")}</span>
              </button>
            </>
          ) : null}
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <ShortcutHelp />
    </div>
  );
}
