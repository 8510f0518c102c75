import { Component, type ComponentChildren } from "preact";
import { common } from "../i18n/common.ts";
import { Notice } from "./notice.tsx";

/** A part that can't be loaded or drawn says so instead of leaving a blank page. */
export class Boundary extends Component<{ children: ComponentChildren }, { failed: boolean }> {
  override state = { failed: false };

  static override getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice tone="warn" title={common("error.part.title")} body={common("error.part.body")} alert>
        <button type="button" class="button primary" onClick={() => location.reload()}>
          {common("error.part.reload")}
        </button>
      </Notice>
    );
  }
}
