import { useState } from "preact/hooks";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { Failed, Notice, WaitingFor } from "../../lib/ui/notice.tsx";
import { checkSession, session, signIn, tokenOf } from "../session.ts";

function TokenForm() {
  const [text, setText] = useState("");
  const token = tokenOf(text);
  return (
    <form
      class="login-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (token !== null) void signIn(token);
      }}
    >
      <label class="field">
        <span>{dashboard("login.token")}</span>
        <input
          type="text"
          name="token"
          value={text}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          onInput={(e) => setText(e.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button primary" disabled={token === null}>
        {dashboard("login.submit")}
      </button>
    </form>
  );
}

export function LoginPage() {
  const state = session.value;
  if (state.at === "checking") {
    return (
      <div class="login">
        <WaitingFor what={dashboard("login.session")} onRetry={() => void checkSession()} />
      </div>
    );
  }
  if (state.at === "failed") {
    return (
      <div class="login">
        <Failed error={state.error} onRetry={() => void checkSession()} />
      </div>
    );
  }
  return (
    <div class="login">
      <h1>{dashboard("login.title")}</h1>
      {state.at === "bad_token" ? (
        <Notice
          tone="fault"
          title={dashboard("login.bad.title")}
          body={dashboard("login.bad.body")}
          alert
        />
      ) : (
        <p class="lead">{dashboard("login.body")}</p>
      )}
      <TokenForm />
      <details class="more">
        <summary>{dashboard("login.where")}</summary>
        <p>{dashboard("login.where.body")}</p>
        <pre class="terminal">faultscan ready http=… login=http://…/login#token=…</pre>
      </details>
    </div>
  );
}
