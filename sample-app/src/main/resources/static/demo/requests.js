// Send a request as JSON, which operations ask for; what is answered as an error is thrown with its detail
export async function request(method, path, body) {
  const response = await fetch(path, {
    method, headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body)
  });
  const json = response.headers.get('Content-Type')?.includes('json') ? await response.json() : null;
  if (!response.ok) {
    throw new Error(json?.detail ?? `The answer was ${response.status}`);
  }
  return json;
}

// Let a button do something, once at a time, and say what came of it
export function onPress(button, output, action) {
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled') === 'true') {
      return;
    }
    // Not "disabled", which would take the focus away
    button.setAttribute('aria-disabled', 'true');
    try {
      output.textContent = await action();
      output.classList.remove('failed');
    }
    catch (error) {
      output.textContent = error.message;
      output.classList.add('failed');
    }
    finally {
      button.removeAttribute('aria-disabled');
    }
  });
}
