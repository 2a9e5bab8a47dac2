package io.cachepolicy.sample.sessions;

import java.time.Instant;
import java.util.List;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

interface WebSessionRepository extends JpaRepository<WebSession, String> {

	@Query("select s.id from WebSession s where s.expiresAt <= :now")
	List<String> findExpired(Instant now);

}
