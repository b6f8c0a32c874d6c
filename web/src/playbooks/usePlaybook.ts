import { useCallback, useEffect, useReducer, useState } from "react";

import { ApiError } from "../api";
import type { Report } from "../useReport";
import * as api from "./api";
import { begin, editingReducer, isDirty, type Editing, type EditingAction } from "./editing";

const CHECK_AFTER_MS = 400;

export interface OpenPlaybook {
  readonly detail: api.PlaybookDetail;
  readonly editing: Editing;
  readonly dispatch: (action: EditingAction) => void;
  /** A draft that somebody else saved over the one this edit was read from. */
  readonly conflict: api.DraftInfo | null;
  /** Save the draft; with `over`, in place of the one somebody else saved. */
  readonly save: (over?: api.DraftInfo) => Promise<boolean>;
  /** Read everything again; what was typed and not saved is lost. */
  readonly load: () => Promise<void>;
  /** Read the list of versions and the state again; the text stays. */
  readonly refresh: () => Promise<void>;
}

type Loaded = { readonly detail: api.PlaybookDetail; readonly editing: Editing } | null;
type Action =
  | EditingAction
  | { readonly type: "opened"; readonly loaded: Loaded }
  | { readonly type: "told"; readonly detail: api.PlaybookDetail };

function reducer(state: Loaded, action: Action): Loaded {
  if (action.type === "opened") return action.loaded;
  if (state === null) return null;
  if (action.type === "told") return { ...state, detail: action.detail };
  const editing = editingReducer(state.editing, action);
  return editing === state.editing ? state : { ...state, editing };
}

/** Where an edit begins: the draft, a broken file that wants mending, or the newest version. */
export function firstText({ playbook }: api.PlaybookDetail): api.Which {
  if (playbook.draft) return "draft";
  return playbook.problem || !playbook.newest ? "file" : playbook.newest.number;
}

async function openPlaybook(name: string): Promise<Loaded> {
  const detail = await api.playbookDetail(name);
  return { detail, editing: begin(detail, await api.textOf(name, firstText(detail))) };
}

/** A playbook under edit: read, checked while it is typed, saved. Null until it is read. */
export function usePlaybook(name: string, canEdit: boolean, report: Report): OpenPlaybook | null {
  const [loaded, dispatch] = useReducer(reducer, null);
  const [conflict, setConflict] = useState<api.DraftInfo | null>(null);
  const [opened] = useState(() => (loaded: Loaded): void => {
    setConflict(null);
    dispatch({ type: "opened", loaded });
  });

  const load = useCallback(() => openPlaybook(name).then(opened, report), [name, opened, report]);
  const refresh = useCallback(async () => {
    try {
      dispatch({ type: "told", detail: await api.playbookDetail(name) });
    } catch (error) {
      report(error);
    }
  }, [name, report]);
  useEffect(() => {
    openPlaybook(name).then(opened, report);
  }, [name, opened, report]);

  const editing = loaded?.editing;
  const unchecked = editing && canEdit && !editing.isChecked ? editing.text : null;
  useEffect(() => {
    if (unchecked === null) return undefined;
    const timer = setTimeout(() => {
      api.checkText(name, unchecked).then((result) => {
        dispatch({ type: "checked", text: unchecked, result });
      }, report);
    }, CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [name, unchecked, report]);

  if (loaded === null || !editing) return null;
  const save = async (over?: api.DraftInfo): Promise<boolean> => {
    const { text, base, saves } = editing;
    if (!over && !isDirty(editing) && saves > 0) return true;
    try {
      const draft = await api.saveDraft(name, text, base, over?.saves ?? saves);
      setConflict(null);
      dispatch({ type: "saved", text, draft });
      await refresh();
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === "draft-changed") {
        const { playbook } = await api.playbookDetail(name);
        setConflict(playbook.draft ?? { saves: 0, base, author: "", at: "" });
      } else {
        report(error);
      }
      return false;
    }
  };
  return { ...loaded, dispatch, conflict, save, load, refresh };
}
