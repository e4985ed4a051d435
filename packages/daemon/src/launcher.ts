/**
 * The sockets of listeners: launching them, trying again what could not be launched, reopening what broke.
 *
 * A socket belongs to a host and port. A changed listener takes over that of its predecessor, so that no datagram is
 * missed; a removed listener's is closed at once.
 */
import {
  type Difference,
  type InterfaceName,
  type IpAddress,
  type Listener,
  type ListenerId,
  type ObservedState,
  type Place,
  endpointOf,
  instancesOf,
  isLaunched,
  isWildcard,
} from '@fastbypass/core';
import { LAUNCH_BACKOFF, REPAIR_BACKOFF, pauseAfter } from './backoff.js';
import type { HeartbeatSocket, HeartbeatSockets, SocketHooks } from './heartbeats/heartbeat-sockets.js';
import { shortBuffer } from './heartbeats/receive-buffer.js';

/** Changes of an interface that come this close together are one occasion to try again. ms. */
const ONE_OCCASION = 100;

export interface LauncherHooks {
  /** All listeners, by index. */
  readonly listeners: () => readonly Listener[];
  readonly listener: (id: ListenerId) => Listener | undefined;
  readonly observed: () => ObservedState | null;
  /** Puts the addresses of these listeners there. */
  readonly prepare: (ids: ReadonlySet<ListenerId>) => Promise<void>;
  /** Why the address of a listener could not be added; null where nothing is known against it. */
  readonly whyNotAdded: (place: Place) => string | null;
  readonly onLaunched: (id: ListenerId, awaited: boolean) => void;
  readonly onUnavailable: (id: ListenerId, reason: string) => void;
  /** `waited`: ms from its arrival at the machine until it was read. */
  readonly onDatagram: (id: ListenerId, source: IpAddress | null, waited: number) => void;
  /** Launches and reloads run one at a time. */
  readonly oneAtATime: (task: () => Promise<void>) => Promise<void>;
  readonly onSocketTrouble: (message: string) => void;
}

interface Held {
  readonly socket: HeartbeatSocket;
  readonly listener: ListenerId;
}

interface Retry {
  readonly failures: number;
  readonly timer: NodeJS.Timeout;
}

export class Launcher {
  private readonly held = new Map<string, Held>();
  private readonly byListener = new Map<ListenerId, HeartbeatSocket>();
  private readonly retries = new Map<ListenerId, Retry>();
  private readonly broken = new Map<string, string>();
  private readonly occasions = new Map<InterfaceName, NodeJS.Timeout>();
  /** Listeners whose next try has come. */
  private readonly due = new Set<ListenerId>();
  private stopped = false;
  private toldOfBuffer = false;

  constructor(
    private readonly sockets: HeartbeatSockets,
    private readonly hooks: LauncherHooks,
    private readonly dryRun: boolean,
  ) {}

  /** Calls `then`, at once or later, when all that was queued for these listeners has been told. @param inQuestion is asked again meanwhile */
  readEmpty(inQuestion: () => readonly ListenerId[], then: () => void): void {
    this.sockets.readEmpty(() => inQuestion().flatMap((id) => this.byListener.get(id) ?? []), then);
  }

  problems(): readonly string[] {
    return [...this.broken.values()];
  }

  /** Closes the sockets of listeners that are gone or whose interface is, hands over those of changed ones. Part of a reload, before `launchAll`. */
  adopt(): void {
    const wanted = new Map(this.hooks.listeners().map((listener) => [endpointOf(listener.config), listener]));
    for (const [endpoint, { socket, listener: holder }] of this.held) {
      const heir = wanted.get(endpoint);
      if (heir === undefined) {
        socket.close();
        this.held.delete(endpoint);
        this.byListener.delete(holder);
      } else if (heir.id !== holder) {
        this.byListener.delete(holder);
        if (this.missingInterface(heir) === null) {
          this.hold(heir, socket);
          this.hooks.onLaunched(heir.id, true);
        } else {
          socket.close();
          this.held.delete(endpoint);
        }
      }
    }
    for (const [id, { timer }] of this.retries) {
      if (this.hooks.listener(id) !== undefined) continue;
      clearTimeout(timer);
      this.retries.delete(id);
    }
    for (const endpoint of this.broken.keys()) if (!wanted.has(endpoint)) this.broken.delete(endpoint);
  }

  /** Tries to launch all that are not, at start or by a reload. */
  async launchAll(): Promise<void> {
    await this.launch(
      this.hooks.listeners().filter((listener) => !isLaunched(listener)),
      true,
    );
  }

  /** Somebody changed interfaces: what could not be launched on them is tried again. */
  interfacesChanged(differing: ReadonlyMap<InterfaceName, ReadonlySet<Difference>>): void {
    for (const name of differing.keys()) {
      if (this.occasions.has(name) || !this.unavailableOn(name).length) continue;
      const timer = setTimeout(() => {
        this.occasions.delete(name);
        this.tryAgain(this.unavailableOn(name).map(({ id }) => id));
      }, ONE_OCCASION);
      this.occasions.set(name, timer);
    }
  }

  stop(): void {
    this.stopped = true;
    for (const { socket } of this.held.values()) socket.close();
    for (const { timer } of this.retries.values()) clearTimeout(timer);
    for (const timer of this.occasions.values()) clearTimeout(timer);
  }

  // -------------------------------------------------------------------------------------
  // launching
  // -------------------------------------------------------------------------------------

  private unavailableOn(name: InterfaceName): readonly Listener[] {
    return this.hooks.listeners().filter(({ phase, config }) => phase.status === 'unavailable' && config.interface === name);
  }

  private async launch(candidates: readonly Listener[], awaited: boolean): Promise<void> {
    const possible = candidates.filter((listener) => {
      const reason = this.missingInterface(listener);
      if (reason !== null) this.refuse(listener.id, reason);
      return reason === null;
    });
    if (possible.some(({ config }) => !isWildcard(config))) await this.hooks.prepare(new Set(possible.map(({ id }) => id)));
    await Promise.all(possible.map((listener) => this.bind(listener, awaited)));
  }

  private async bind(listener: Listener, awaited: boolean): Promise<void> {
    const reason = this.dryRun ? this.absentAddress(listener) : null;
    if (reason !== null) {
      this.refuse(listener.id, reason);
      return;
    }
    try {
      const socket = await this.sockets.bind(listener.config, this.hooksOf(listener));
      const current = this.hooks.listener(listener.id);
      if (this.stopped || current === undefined || isLaunched(current)) {
        socket.close();
        return;
      }
      this.hold(listener, socket);
      this.forgetRetry(listener.id);
      this.hooks.onLaunched(listener.id, awaited);
    } catch (error) {
      const { interface: name, host } = listener.config;
      const why = name === null ? null : this.hooks.whyNotAdded({ interface: name, address: host });
      this.refuse(listener.id, why === null ? reasonOf(error) : `${host} could not be added to ${String(name)}: ${why}`);
    }
  }

  /** Once: the limit is the same for all. */
  private tellOfBuffer(granted: number): void {
    const trouble = shortBuffer(granted);
    if (trouble === null || this.toldOfBuffer) return;
    this.toldOfBuffer = true;
    this.hooks.onSocketTrouble(trouble);
  }

  private hold(listener: Listener, socket: HeartbeatSocket): void {
    this.tellOfBuffer(socket.receiveBuffer);
    socket.attach(this.hooksOf(listener));
    this.broken.delete(endpointOf(listener.config));
    this.held.set(endpointOf(listener.config), { socket, listener: listener.id });
    this.byListener.set(listener.id, socket);
  }

  private hooksOf({ id, config }: Listener): SocketHooks {
    return {
      needsSource: config.sources.length > 0,
      onDatagram: (source, waited) => {
        this.hooks.onDatagram(id, source, waited);
      },
      onBroken: (reason) => {
        this.reopen(id, reason, 1);
      },
    };
  }

  private missingInterface({ config }: Listener): string | null {
    const name = isWildcard(config) ? null : config.interface;
    return name === null || this.hooks.observed()?.has(name) === true ? null : `there is no interface ${name}`;
  }

  private absentAddress({ config }: Listener): string | null {
    const { interface: name, host } = config;
    const observed = this.hooks.observed();
    if (name === null || isWildcard(config) || (observed !== null && instancesOf(observed, name, host).length > 0)) return null;
    return `${host} is not on ${name}, and a dry run adds no address`;
  }

  // -------------------------------------------------------------------------------------
  // trying again
  // -------------------------------------------------------------------------------------

  /** The back-off goes on, whatever the occasion of this try was. */
  private refuse(id: ListenerId, reason: string): void {
    this.hooks.onUnavailable(id, reason);
    const failures = (this.retries.get(id)?.failures ?? 0) + 1;
    this.forgetRetry(id);
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.tryAgain([id]);
    }, pauseAfter(LAUNCH_BACKOFF, failures));
    this.retries.set(id, { failures, timer });
  }

  private forgetRetry(id: ListenerId): void {
    clearTimeout(this.retries.get(id)?.timer);
    this.retries.delete(id);
  }

  /** Those that are due at the same time are tried together. */
  private tryAgain(ids: readonly ListenerId[]): void {
    const isQueued = this.due.size > 0;
    for (const id of ids) this.due.add(id);
    if (isQueued) return;
    void this.hooks.oneAtATime(async () => {
      const due = [...this.due];
      this.due.clear();
      if (this.stopped) return;
      const listeners = due.map((id) => this.hooks.listener(id)).filter((listener) => listener !== undefined);
      await this.launch(
        listeners.filter((listener) => !isLaunched(listener)),
        false,
      );
    });
  }

  /** A launched listener whose socket broke stays in the count; it fails by silence while this goes on. */
  private reopen(id: ListenerId, reason: string, failures: number): void {
    const listener = this.hooks.listener(id);
    if (listener === undefined || this.stopped) return;
    const endpoint = endpointOf(listener.config);
    const message = `the socket of listener ${String(listener.config.index)} broke and is being reopened: ${reason}`;
    this.broken.set(endpoint, message);
    if (failures === 1) this.hooks.onSocketTrouble(message);
    this.held.delete(endpoint);
    this.byListener.delete(id);
    setTimeout(() => {
      const current = this.hooks.listener(id);
      if (this.stopped || current === undefined) {
        this.broken.delete(endpoint);
        return;
      }
      this.sockets.bind(current.config, this.hooksOf(current)).then(
        (socket) => {
          const still = this.hooks.listener(id);
          if (this.stopped || still === undefined) {
            socket.close();
            return;
          }
          this.hold(still, socket);
        },
        (error: unknown) => {
          this.reopen(id, reasonOf(error), failures + 1);
        },
      );
    }, pauseAfter(REPAIR_BACKOFF, failures));
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
