import { DefaultHttpClient, HubConnectionBuilder, NullLogger } from "@microsoft/signalr";
import { auth } from "./auth.js";

// SignalR does not ask its factory again when the token it has just sent is refused.
class RefreshingHttpClient extends DefaultHttpClient {
  async send(request) {
    try {
      return await super.send(request);
    } catch (error) {
      const rejected = request.headers?.Authorization?.replace("Bearer ", "");
      if (error.statusCode !== 401 || !rejected) throw error;
      request.headers.Authorization = `Bearer ${await auth.getAccessToken({ rejected })}`;
      return super.send(request);
    }
  }
}

export const connection = new HubConnectionBuilder()
  .withUrl("/api/hub", {
    accessTokenFactory: () => auth.getAccessToken(),
    httpClient: new RefreshingHttpClient(NullLogger.instance),
  })
  .withAutomaticReconnect()
  .build();
