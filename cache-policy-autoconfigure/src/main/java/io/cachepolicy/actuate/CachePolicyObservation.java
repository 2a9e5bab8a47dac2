package io.cachepolicy.actuate;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of store calls.
 */
public enum CachePolicyObservation implements ObservationDocumentation {

	/**
	 * Observation of a batch of deferred writes that is handed to the store.
	 */
	FLUSH {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultFlushObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return FlushKeyNames.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return FlushDetailKeyNames.values();
		}

	},

	/**
	 * Observation of a write that goes to the store while its caller waits: a
	 * write-through, a write-around, or a write-back for which there was no room.
	 */
	STORE_WRITE {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultStoreWriteObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return StoreWriteKeyNames.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return StoreWriteDetailKeyNames.values();
		}

	};

	/**
	 * Low cardinality key names of {@link #FLUSH}.
	 */
	public enum FlushKeyNames implements KeyName {

		/**
		 * Name of the cache.
		 */
		CACHE {

			@Override
			public String asString() {
				return "cache";
			}

		},

		/**
		 * Name of the cache manager.
		 */
		CACHE_MANAGER {

			@Override
			public String asString() {
				return "cache.manager";
			}

		},

		/**
		 * What became of the batch: {@code written}, {@code partial} if some of it is not
		 * in the store, {@code store-away}, {@code failed}, or {@code none} while it is
		 * under way.
		 */
		RESULT {

			@Override
			public String asString() {
				return "result";
			}

		}

	}

	/**
	 * High cardinality key names of {@link #FLUSH}.
	 */
	public enum FlushDetailKeyNames implements KeyName {

		/**
		 * Number of writes in the batch.
		 */
		BATCH_SIZE {

			@Override
			public String asString() {
				return "batch.size";
			}

		},

		/**
		 * Number of writes that are in the store.
		 */
		WRITTEN {

			@Override
			public String asString() {
				return "written";
			}

		},

		/**
		 * Number of writes that became dead letters.
		 */
		DEAD_LETTERED {

			@Override
			public String asString() {
				return "dead-lettered";
			}

		},

		/**
		 * Number of writes that are pending again.
		 */
		PENDING {

			@Override
			public String asString() {
				return "pending";
			}

		}

	}

	/**
	 * Low cardinality key names of {@link #STORE_WRITE}.
	 */
	public enum StoreWriteKeyNames implements KeyName {

		/**
		 * Name of the cache.
		 */
		CACHE {

			@Override
			public String asString() {
				return "cache";
			}

		},

		/**
		 * Name of the cache manager.
		 */
		CACHE_MANAGER {

			@Override
			public String asString() {
				return "cache.manager";
			}

		},

		/**
		 * Policy by which the store is written: {@code write-through} or
		 * {@code write-around}.
		 */
		POLICY {

			@Override
			public String asString() {
				return "policy";
			}

		}

	}

	/**
	 * High cardinality key names of {@link #STORE_WRITE}.
	 */
	public enum StoreWriteDetailKeyNames implements KeyName {

		/**
		 * Number of rows that are written or deleted.
		 */
		ROWS {

			@Override
			public String asString() {
				return "rows";
			}

		}

	}

}
