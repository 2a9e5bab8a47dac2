/**
 * Stores that are Spring Data JPA repositories, and what is particular about JPA
 * entities: ids, versions, associations, isolation. The provider has to be Hibernate.
 */
@NullMarked
package io.cachepolicy.jpa;

import org.jspecify.annotations.NullMarked;
