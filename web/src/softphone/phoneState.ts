/** Everything the softphone page knows, as one pure fold over what the user plans and what happens. */

import { WIRE_HZ } from "./capture";
import { answered, heardTrainee, played, repeated, startDrill, type DrillLine, type DrillState } from "./drill";
import type { LineState } from "./line";
import type { Opening, Party, Played } from "./nativeMessages";
import { CODE_PATTERN, type CarriedCall } from "./roomMessages";
import type { Device, Input, SoundTrouble } from "./sound";

/**
 * carry: this browser carries the legs of a call. join: it brings its microphone into the call of a colleague. drill: a
 * recorded customer is answered.
 */
export type Mode = "carry" | "join" | "drill";
/** Where the other party's leg comes from. */
export type Other = "colleague" | "shared" | "device" | "none";

/** The colleague in another browser. */
export interface Companion {
  /** Of the room; null while it is made. */
  readonly code: string | null;
  /** null until somebody comes. */
  readonly name: string | null;
  readonly link: "waiting" | "connecting" | "connected" | "failed";
  /** How the call stands that the colleague carries. */
  readonly call: CarriedCall;
}

/** A recorded customer. */
export interface DrillCase {
  readonly id: string;
  readonly title: string;
  readonly audioUrl: string;
  readonly playbook: string | null;
  readonly customer: Played | null;
  readonly lines: readonly DrillLine[];
}

export interface Plan {
  readonly mode: Mode;
  /** Whose part the microphone speaks; in a drill the agent's. */
  readonly role: Party;
  readonly other: Other;
  /** null: the usual one. */
  readonly microphone: string | null;
  readonly otherDevice: string | null;
  readonly guidance: "novice" | "expert";
  /** Of the colleague's room that is to be joined. */
  readonly code: string;
  /** Everybody who can be heard knows that the call is recorded. */
  readonly agreed: boolean;
}

export interface PhoneState {
  readonly plan: Plan;
  readonly sound: "off" | "opening" | "on";
  readonly devices: readonly Device[];
  /** Whether the other party's sound is connected. */
  readonly hasOther: boolean;
  readonly trouble: SoundTrouble | "microphone-ended" | "other-ended" | "colleague-left" | "peer-failed" | null;
  /** null: nobody is waited for. */
  readonly companion: Companion | null;
  readonly roomFailure: { readonly code: string; readonly message: string } | null;
  readonly line: LineState | null;
  readonly callId: string | null;
  readonly held: boolean;
  /** Inputs of the running call on which nothing has been heard for too long. */
  readonly unheard: readonly Input[];
  readonly lost_ms: number;
  readonly drillCase: DrillCase | null;
  readonly drill: DrillState | null;
}

export type PhoneAction =
  | { readonly type: "planned"; readonly change: Partial<Plan> }
  | { readonly type: "sound-opening" }
  | { readonly type: "sound-opened"; readonly devices: readonly Device[] }
  | { readonly type: "sound-failed"; readonly trouble: SoundTrouble }
  | { readonly type: "other-connected" }
  | { readonly type: "input-ended"; readonly input: Input }
  | { readonly type: "room-opened" }
  | { readonly type: "room-made"; readonly code: string }
  | { readonly type: "colleague-met"; readonly name: string }
  | { readonly type: "peer-changed"; readonly isConnected: boolean }
  | { readonly type: "colleague-told"; readonly call: CarriedCall }
  | { readonly type: "colleague-left" }
  | { readonly type: "room-left"; readonly failure: { readonly code: string; readonly message: string } | null }
  | { readonly type: "unheard"; readonly inputs: readonly Input[] }
  | { readonly type: "dialled" }
  | { readonly type: "line-changed"; readonly line: LineState }
  | { readonly type: "named"; readonly callId: string }
  | { readonly type: "held"; readonly held: boolean }
  | { readonly type: "lost"; readonly lost_ms: number }
  | { readonly type: "case-chosen"; readonly drillCase: DrillCase | null }
  | { readonly type: "trainee-heard"; readonly peak: number; readonly frame_ms: number }
  | { readonly type: "customer-asked" }
  | { readonly type: "customer-asked-again" }
  | { readonly type: "customer-spoke" };

export const startingPhone: PhoneState = {
  plan: {
    mode: "carry",
    role: "agent",
    other: "colleague",
    microphone: null,
    otherDevice: null,
    guidance: "novice",
    code: "",
    agreed: false,
  },
  sound: "off",
  devices: [],
  hasOther: false,
  trouble: null,
  companion: null,
  roomFailure: null,
  line: null,
  callId: null,
  held: false,
  unheard: [],
  lost_ms: 0,
  drillCase: null,
  drill: null,
};

export function phoneReducer(state: PhoneState, action: PhoneAction): PhoneState {
  switch (action.type) {
    case "planned":
      return planned(state, action.change);
    case "sound-opening":
      return { ...state, sound: "opening", trouble: null };
    case "sound-opened":
      return { ...state, sound: "on", devices: action.devices, trouble: null };
    case "sound-failed":
      return { ...state, sound: state.sound === "opening" ? "off" : state.sound, trouble: action.trouble };
    case "other-connected":
      return { ...state, hasOther: true, trouble: null };
    case "input-ended":
      return action.input === 0
        ? { ...state, trouble: "microphone-ended" }
        : { ...state, hasOther: false, trouble: "other-ended" };
    case "room-opened":
      return { ...state, companion: NOBODY_YET, roomFailure: null, trouble: null };
    case "room-made":
      return withCompanion(state, { code: action.code });
    case "colleague-met":
      return { ...withCompanion(state, { name: action.name, link: "connecting" }), trouble: null };
    case "peer-changed":
      return action.isConnected
        ? { ...withCompanion(state, { link: "connected" }), trouble: null }
        : { ...withCompanion(state, { link: "failed" }), hasOther: false, trouble: "peer-failed" };
    case "colleague-told":
      return withCompanion(state, { call: action.call });
    case "colleague-left":
      return {
        ...withCompanion(state, { name: null, link: "waiting", call: "none" }),
        hasOther: false,
        trouble: "colleague-left",
      };
    case "room-left":
      return { ...state, companion: null, roomFailure: action.failure, hasOther: false };
    case "unheard":
      return same(state.unheard, action.inputs) ? state : { ...state, unheard: action.inputs };
    case "dialled":
      return dialled(state);
    case "line-changed":
      return lineChanged(state, action.line);
    case "named":
      return { ...state, callId: action.callId };
    case "held":
      return { ...state, held: action.held, unheard: [] };
    case "lost":
      return state.lost_ms === action.lost_ms ? state : { ...state, lost_ms: action.lost_ms };
    case "case-chosen":
      return { ...state, drillCase: action.drillCase };
    case "trainee-heard":
      return withDrill(state, (drill) => heardTrainee(drill, action.peak, action.frame_ms));
    case "customer-asked":
      return withDrill(state, answered);
    case "customer-asked-again":
      return withDrill(state, repeated);
    case "customer-spoke":
      return withDrill(state, played);
  }
}

const NOBODY_YET: Companion = { code: null, name: null, link: "waiting", call: "none" };

function withCompanion(state: PhoneState, change: Partial<Companion>): PhoneState {
  return state.companion === null ? state : { ...state, companion: { ...state.companion, ...change } };
}

/** Another mode or source wants its own sound; what is connected to the other input goes. */
function planned(state: PhoneState, change: Partial<Plan>): PhoneState {
  const plan = { ...state.plan, ...change };
  // What is agreed to is told of the mode; another one is another question.
  const agreed = change.agreed ?? (plan.mode === state.plan.mode && plan.agreed);
  const isOther = (["mode", "other", "otherDevice"] as const).some((key) => plan[key] !== state.plan[key]);
  const next = { ...state, plan: { ...plan, agreed }, roomFailure: null };
  return isOther ? { ...next, hasOther: false, trouble: null, companion: null } : next;
}

/** After a call of people, the next one may have others in it: they are told anew. */
function lineChanged(state: PhoneState, line: LineState): PhoneState {
  if (isInCall({ ...state, line })) return { ...state, line };
  const agreed = state.plan.agreed && state.plan.mode === "drill";
  return { ...state, line, plan: { ...state.plan, agreed }, held: false, unheard: [], drill: null };
}

function dialled(state: PhoneState): PhoneState {
  const { plan, drillCase } = state;
  const drill = plan.mode === "drill" && drillCase !== null ? startDrill(drillCase.lines) : null;
  return { ...state, line: { kind: "connecting" }, callId: null, held: false, unheard: [], lost_ms: 0, drill };
}

function withDrill(state: PhoneState, change: (drill: DrillState) => DrillState): PhoneState {
  if (state.drill === null) return state;
  const drill = change(state.drill);
  return drill === state.drill ? state : { ...state, drill };
}

function same(a: readonly Input[], b: readonly Input[]): boolean {
  return a.length === b.length && a.every((input, index) => input === b[index]);
}

/** Whether a call has been dialled and is not over. */
export function isInCall({ line }: PhoneState): boolean {
  return line !== null && line.kind !== "closed" && line.kind !== "failed";
}

/** Whether the plan wants a second leg that the user has to connect. */
export function wantsOther({ mode, other }: Plan): boolean {
  return mode === "carry" && other !== "none";
}

/** What is missing before the call can begin, in the order in which it is to be done. */
export function missing(state: PhoneState): "sound" | "other" | "case" | "code" | "agreement" | null {
  const { plan } = state;
  if (state.sound !== "on") return "sound";
  if (plan.mode === "join" && !CODE_PATTERN.test(plan.code)) return "code";
  if (wantsOther(plan) && !state.hasOther) return "other";
  if (plan.mode === "drill" && state.drillCase === null) return "case";
  return plan.agreed ? null : "agreement";
}

/** Who speaks on the microphone, and on the other input if it is sent. */
export function partiesOf(plan: Plan): readonly Party[] {
  if (plan.mode === "drill") return ["agent", "customer"];
  const others = plan.role === "agent" ? "customer" : "agent";
  return plan.other === "none" ? [plan.role] : [plan.role, others];
}

/** What the call is opened with; the server puts the user in the agent's place. */
export function openingOf({ plan, drillCase }: PhoneState): Opening {
  const isDrill = plan.mode === "drill" && drillCase !== null;
  return {
    media: { encoding: "pcm_s16le", rate_hz: WIRE_HZ, channels: partiesOf(plan) },
    agent: { agent_id: "self", attributes: { mode: plan.guidance } },
    ...(isDrill && drillCase.customer !== null && { customer: drillCase.customer }),
    ...(isDrill && drillCase.playbook !== null && { playbook: drillCase.playbook }),
    ...(isDrill && { external_id: `drill/${drillCase.id}` }),
  };
}
