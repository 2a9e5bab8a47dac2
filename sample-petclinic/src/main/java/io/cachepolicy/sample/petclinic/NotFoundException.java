package io.cachepolicy.sample.petclinic;

import java.io.Serial;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;

@ResponseStatus(HttpStatus.NOT_FOUND)
class NotFoundException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

}
