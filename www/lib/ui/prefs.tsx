import { common } from "../i18n/common.ts";
import { lang, setLang, setTheme, type Theme, theme } from "../prefs.ts";
import { Icon } from "./icon.tsx";

const NEXT: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };
const ICON = { auto: "auto", light: "sun", dark: "moon" } as const;

export function PrefSwitches() {
  const other = lang.value === "zh" ? "en" : "zh";
  return (
    <div class="prefs">
      <button
        type="button"
        class="button quiet small"
        lang={other === "zh" ? "zh-CN" : "en"}
        onClick={() => setLang(other)}
        title={common("lang.label")}
      >
        {other === "zh" ? "中文" : "English"}
      </button>
      <button
        type="button"
        class="button quiet small"
        onClick={() => setTheme(NEXT[theme.value])}
        title={common("theme.label")}
      >
        <Icon name={ICON[theme.value]} />
        <span class="offscreen">{common("theme.label")}: </span>
        <span class="pref-text">{common(`theme.${theme.value}`)}</span>
      </button>
    </div>
  );
}
