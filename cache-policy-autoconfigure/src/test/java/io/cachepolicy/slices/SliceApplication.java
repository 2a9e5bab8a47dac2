package io.cachepolicy.slices;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cache.annotation.EnableCaching;

/**
 * An application whose main class enables caching, as most do, so that test slices do
 * too.
 */
@SpringBootApplication
@EnableCaching
class SliceApplication {

}
