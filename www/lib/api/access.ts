/** Who asks, what was refused, and tickets. */

export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  reason?: string;
  detail?: string;
}

export interface Me {
  authenticated: boolean;
  csrf_token: string | null;
  public_origin: string;
}

export interface TicketRequest {
  environment: { os: string; arch: string; network_type: string; app_version: string };
  ttl_s: number;
  code?: string;
  context?: Record<string, string>;
  evidence?: { code?: string; line: string }[];
}

export interface IssuedTicket {
  ticket_id: string;
  text: string;
  url: string;
  decimal: string;
  key_id: string;
  issued_at_s: number;
  expires_at_s: number;
  qr_svg: string;
  qr_png: string;
}
