package io.cachepolicy.repository;

import org.springframework.cache.annotation.CachePut;
import org.springframework.data.repository.CrudRepository;

interface WordRepository extends CrudRepository<Word, String> {

	@Override
	@CachePut(cacheNames = "words", key = "#p0")
	<S extends Word> S save(S word);

}
