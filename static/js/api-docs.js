/* The API's page: Swagger UI from local files. It sends the session's cookie and the CSRF token with each try. */
(function () {
  "use strict";
  var box = document.getElementById("swagger");
  SwaggerUIBundle({
    url: box.getAttribute("data-schema"),
    domNode: box,
    deepLinking: false,
    validatorUrl: null,
    requestInterceptor: function (request) {
      var token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/);
      if (token) request.headers["X-CSRFToken"] = token[1];
      return request;
    }
  });
})();
