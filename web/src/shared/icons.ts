import {
  AimOutlined,
  BookOutlined,
  CheckCircleFilled,
  CloseCircleFilled,
  ExclamationCircleFilled,
  GiftOutlined,
  HeartOutlined,
  MessageOutlined,
  OrderedListOutlined,
  QuestionCircleFilled,
} from "@ant-design/icons";
import type { ComponentType } from "react";

import type { PromptKind, Verdict } from "../protocol.gen";

export const PROMPT_ICONS: Readonly<Record<PromptKind, ComponentType>> = {
  offer: GiftOutlined,
  say: MessageOutlined,
  soothe: HeartOutlined,
  close: AimOutlined,
  answer: BookOutlined,
  step: OrderedListOutlined,
};

export const FLAG_ICONS: Readonly<Record<Verdict, ComponentType>> = {
  breach: CloseCircleFilled,
  at_risk: ExclamationCircleFilled,
  abstained: QuestionCircleFilled,
  met: CheckCircleFilled,
};
