import type { InterfaceName, IpAddress, NetworkDriver, Operation } from '@fastbypass/core';

/**
 * What a driver brings to be held to the contract suite (driver-contract.ts): a network to work on, and somebody else
 * who changes it behind the driver's back.
 *
 * What is optional and left out skips the tests that need it, by name.
 */
export interface DriverHarness {
  /** The driver's own name; it begins the title of each test. */
  readonly name: string;
  /** Why nothing of the suite can run on this machine, for a person: "needs root". */
  readonly unavailable?: string;
  /**
   * A fresh network for one test. Each of `interfaces` is there and up; whatever else there is (loopback, the other
   * ends of pairs, link-local IPv6 addresses) the suite does not look at. IPv6 is enabled; promotion is off,
   * for `all` too.
   */
  readonly start: (interfaces: readonly InterfaceName[]) => Promise<Bench>;
  /** Another instance of the driver on the network of `bench`, without the permission to change it (CAP_NET_ADMIN). */
  readonly withoutPermission?: (bench: Bench) => Promise<NetworkDriver>;
  /** Makes the running watch of `bench.driver` lose notices (or begin anew); resolves once that has happened. */
  readonly overflow?: (bench: Bench) => Promise<void>;
  /** Creates `name`, up, on top of `lower`: a VLAN of it, or a bridge or bond with it as the port. */
  readonly createOnTop?: (bench: Bench, name: InterfaceName, lower: InterfaceName) => Promise<void>;
  /** Whether `address` serves at this moment, so that a socket can be bound to it (it is not tentative). */
  readonly isUsable?: (bench: Bench, name: InterfaceName, address: IpAddress) => Promise<boolean>;
  /** Where the network has routes: what the driver's removals do to them is looked at. */
  readonly routes?: Routes;
}

/** One network with the driver under test on it. */
export interface Bench {
  readonly driver: NetworkDriver;
  readonly outside: Outside;
  /** Closes the driver, if the test has not, and leaves nothing of the network. Never rejects for a closed driver. */
  readonly stop: () => Promise<void>;
}

/** Somebody else, who does not go through the driver. Each resolves when the network has changed, rejects if it refused. */
export interface Outside {
  readonly run: (operation: Operation) => Promise<void>;
  /** Another interface, up. */
  readonly create: (name: InterfaceName) => Promise<void>;
  readonly remove: (name: InterfaceName) => Promise<void>;
  /** Without setting it down. */
  readonly rename: (from: InterfaceName, to: InterfaceName) => Promise<void>;
  readonly setPromotion: (name: InterfaceName, on: boolean) => Promise<void>;
}

/** IPv4 routes of the main table, on the network of `bench`. */
export interface Routes {
  readonly addDefault: (bench: Bench, name: InterfaceName, via: string) => Promise<void>;
  /** The gateway of the default route, or null where there is none. */
  readonly defaultGateway: (bench: Bench) => Promise<string | null>;
}
