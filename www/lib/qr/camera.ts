export type CameraTrouble = "denied" | "none" | "insecure" | "busy" | "failed";

/** Why a camera did not start, from what the browser threw. */
export function cameraTrouble(error: unknown, secure: boolean): CameraTrouble {
  const name = typeof error === "object" && error !== null ? (error as { name?: string }).name : "";
  switch (name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
      return "denied";
    case "NotFoundError":
    case "DevicesNotFoundError":
    case "OverconstrainedError":
      return "none";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "busy";
    case "SecurityError":
      return "insecure";
    default:
      return secure ? "failed" : "insecure";
  }
}

export type Facing = "environment" | "user";

/** Asks for the camera at a size that decoders like. Throws what the browser throws. */
export async function openCamera(facing: Facing): Promise<MediaStream> {
  if (navigator.mediaDevices?.getUserMedia === undefined) {
    throw new DOMException(
      "no media devices",
      globalThis.isSecureContext ? "NotFoundError" : "SecurityError",
    );
  }
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: facing }, width: { ideal: 1280 }, height: { ideal: 720 } },
  });
}

/** Only a permission given before lets the camera start without being asked for. */
export async function cameraAlreadyAllowed(): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: "camera" as PermissionName });
    return status.state === "granted";
  } catch {
    return false;
  }
}

export async function cameraCount(): Promise<number> {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput").length;
  } catch {
    return 1;
  }
}

interface TorchTrack extends MediaStreamTrack {
  getCapabilities(): MediaTrackCapabilities & { torch?: boolean };
}

export function torchTrack(stream: MediaStream): TorchTrack | null {
  const track = stream.getVideoTracks()[0] as TorchTrack | undefined;
  return track?.getCapabilities?.().torch === true ? track : null;
}

export function stopStream(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
